namespace Agency.Host.Demo;

/// <summary>The time that the example data is made at: set to an instant, going on from there as time does, never back.</summary>
internal sealed class DemoClock : TimeProvider
{
    private readonly Lock setting = new();
    private DateTimeOffset instant;
    private long since = System.GetTimestamp();

    /// <summary>A clock that begins at the given instant.</summary>
    public DemoClock(DateTimeOffset start) => instant = start;

    public override DateTimeOffset GetUtcNow()
    {
        lock (setting)
        {
            return instant + System.GetElapsedTime(since);
        }
    }

    /// <summary>Moves the clock on; an instant that has passed leaves it as it is.</summary>
    public void Reach(DateTimeOffset later)
    {
        lock (setting)
        {
            if (later > instant + System.GetElapsedTime(since))
            {
                (instant, since) = (later, System.GetTimestamp());
            }
        }
    }
}
