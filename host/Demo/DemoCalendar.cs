using Agency.Api;

namespace Agency.Host.Demo;

/// <summary>
/// The half year that the example data tells of, in days of the example debtors' time zone: day 0 is its first, and the last is
/// the last whose working hours had begun when the data was begun, so that nothing of it lies in the future or in the night.
/// </summary>
internal sealed class DemoCalendar(DateTimeOffset begun, DemoClock clock, IServiceProvider services, DemoJournal journal)
{
    /// <summary>The last day, counted from the first.</summary>
    public const int LastDay = 182;

    private const int OpensAt = 9;

    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    private readonly DateOnly first = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(begun, Zone).AddHours(-OpensAt - 2).DateTime).AddDays(-LastDay);
    private int day = -1;

    /// <summary>The instant at which the clock must begin.</summary>
    public static DateTimeOffset StartOf(DateTimeOffset begun) => begun.AddDays(-LastDay - 2);

    /// <summary>The day that was reached, in the example debtors' time zone.</summary>
    public DateOnly Today => this[day];

    /// <summary>The time of the example data.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The date of a day of the half year; days after the last are in the future.</summary>
    public DateOnly this[int number] => first.AddDays(number);

    /// <summary>Goes on to a day, at ten in the morning and later with each call; what the calendar asks for on the way is done.</summary>
    public async Task ReachAsync(int number, CancellationToken cancellation)
    {
        while (day < number)
        {
            day++;
            clock.Reach(At(this[day], OpensAt));

            // What was done before has had its calendar too.
            if (!journal.Repeats)
            {
                foreach (var sweep in services.GetServices<IHostedService>().OfType<Sweep>())
                {
                    await sweep.RunAsync(cancellation);
                }
            }

            clock.Reach(At(this[day], OpensAt + 1));
        }
    }

    private static DateTimeOffset At(DateOnly date, int hour)
    {
        var local = date.ToDateTime(new TimeOnly(hour, 0));
        return new DateTimeOffset(local, Zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
