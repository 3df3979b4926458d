namespace Agency.Host.Demo;

/// <summary>What is to be done on which day; what falls on the same day is done in the order it was put down.</summary>
internal sealed class DemoSchedule
{
    private readonly List<(int Day, Func<CancellationToken, Task> Deed)> deeds = [];

    /// <summary>Puts a deed down for a day of the <see cref="DemoCalendar"/>.</summary>
    public void On(int day, Func<CancellationToken, Task> deed) => deeds.Add((day, deed));

    public async Task RunAsync(DemoCalendar calendar, CancellationToken cancellation)
    {
        foreach (var (day, deed) in deeds.OrderBy(entry => entry.Day))
        {
            await calendar.ReachAsync(day, cancellation);
            await deed(cancellation);
        }
    }
}
