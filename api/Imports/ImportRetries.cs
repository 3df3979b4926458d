using System.Data.Common;
using Agency.Api.Data;

namespace Agency.Api.Imports;

/// <summary>What this instance of the service remembers of imports that it could not load, and when to try them again.</summary>
/// <remarks>
/// The bank was told that its file is taken. So a trouble that may pass (the database, the disk) is waited out however long it
/// lasts; only a fault that every try meets again ends the import.
/// </remarks>
internal sealed class ImportRetries(TimeProvider clock)
{
    private const int MaxFaults = 3;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    // Another instance may have the file on its own disk: an import is lost when nobody got on with it for so long.
    private static readonly TimeSpan LostAfter = TimeSpan.FromHours(1);

    private readonly Dictionary<Id, Trouble> troubles = [];
    private readonly Dictionary<Id, (long Read, DateTimeOffset Since)> missing = [];

    public bool IsDue(Id import) => !troubles.TryGetValue(import, out var trouble) || trouble.NextTry <= clock.GetUtcNow();

    /// <summary>Whether a fault that every try meets again ends the import this time.</summary>
    public bool IsLastTry(Id import) => troubles.TryGetValue(import, out var trouble) && trouble.Faults >= MaxFaults - 1;

    /// <summary>How long until something is due again: at most as long as given, and never at once.</summary>
    public TimeSpan WaitAtMost(TimeSpan longest)
    {
        var now = clock.GetUtcNow();
        var wait = troubles.Values.Select(trouble => trouble.NextTry - now).Append(longest).Min();
        return wait > FirstWait ? wait : FirstWait;
    }

    public void Failed(Id import, Exception exception)
    {
        var before = troubles.GetValueOrDefault(import);
        var tries = (before?.Tries ?? 0) + 1;
        var wait = TimeSpan.FromTicks(Math.Min(LongestWait.Ticks, FirstWait.Ticks << Math.Min(tries - 1, 16)));
        troubles[import] = new Trouble(tries, (before?.Faults ?? 0) + (IsLasting(exception) ? 1 : 0), clock.GetUtcNow() + wait);
    }

    /// <summary>
    /// Whether an import whose file is not here is nobody's: it was accepted long ago, and since this instance first missed
    /// the file its rows read have stood still as long.
    /// </summary>
    public bool IsLost(Id import, long read, DateTimeOffset acceptedAt)
    {
        var now = clock.GetUtcNow();
        if (!missing.TryGetValue(import, out var seen) || seen.Read != read)
        {
            missing[import] = seen = (read, now);
        }

        return now - acceptedAt >= LostAfter && now - seen.Since >= LostAfter;
    }

    /// <summary>The trouble is over, or another instance's.</summary>
    public void Passed(Id import) => troubles.Remove(import);

    public void Forget(Id import)
    {
        troubles.Remove(import);
        missing.Remove(import);
    }

    /// <summary>Forgets what others have finished meanwhile.</summary>
    public void ForgetAllBut(IReadOnlySet<Id> unfinished)
    {
        foreach (var import in troubles.Keys.Concat(missing.Keys).Where(import => !unfinished.Contains(import)).ToList())
        {
            Forget(import);
        }
    }

    /// <summary>Whether the file is to blame, or our reading of it: neither the database nor the disk, nor a shutdown.</summary>
    internal static bool IsLasting(Exception exception) => exception is not (
        DbException or DatabaseBusyException or IOException or UnauthorizedAccessException or TimeoutException
        or OperationCanceledException or OutOfMemoryException or ImportTakenException);

    private sealed record Trouble(int Tries, int Faults, DateTimeOffset NextTry);
}
