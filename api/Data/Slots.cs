using System.Collections.Concurrent;

namespace Agency.Api.Data;

/// <summary>
/// How many connections a door has at once; who comes when all are in use waits. One of them is kept for whoever has a connection already and
/// reads beside it: else requests that each have one could all be waiting for a second.
/// </summary>
internal sealed class Slots(int size, TimeSpan longestWait) : IDisposable
{
    public const int Fewest = 2;

    private readonly ConcurrentDictionary<Door, DoorSlots> doors = new();

    public void Dispose()
    {
        foreach (var door in doors.Values)
        {
            door.All.Dispose();
            door.Firsts.Dispose();
        }
    }

    /// <exception cref="NoConnectionFreeException">None became free in time.</exception>
    public async Task TakeAsync(Door door, Use use, CancellationToken cancellation)
    {
        var slots = Of(door);
        if (use == Use.ReadBeside)
        {
            await WaitAsync(slots.All, cancellation);
            return;
        }

        await WaitAsync(slots.Firsts, cancellation);
        try
        {
            await WaitAsync(slots.All, cancellation);
        }
        catch
        {
            slots.Firsts.Release();
            throw;
        }
    }

    public void GiveBack(Door door, Use use)
    {
        var slots = Of(door);
        slots.All.Release();
        if (use != Use.ReadBeside)
        {
            slots.Firsts.Release();
        }
    }

    private DoorSlots Of(Door door) => doors.GetOrAdd(door, _ => new(new(size, size), new(size - 1, size - 1)));

    private async Task WaitAsync(SemaphoreSlim slots, CancellationToken cancellation)
    {
        if (!await slots.WaitAsync(longestWait, cancellation))
        {
            throw new NoConnectionFreeException(size);
        }
    }

    private sealed record DoorSlots(SemaphoreSlim All, SemaphoreSlim Firsts);
}
