using Agency.Sdk;

namespace Agency.Host.Demo.Stories;

/// <summary>One case, and the days on which something happens to it.</summary>
internal sealed class Story(DemoDeeds deeds, DemoSchedule schedule)
{
    public const string Bank = "harbour";
    public const string Agency = "swift";

    /// <summary>The case it is told of; there once the first day has begun.</summary>
    public Case? Case { get; set; }

    /// <summary>Puts a deed down for a day of the half year.</summary>
    public void On(int day, Func<DemoDeeds, Case, CancellationToken, Task> deed) => schedule.On(day, cancellation => deed(deeds, Case!, cancellation));

    /// <summary>The agency calls the debtor.</summary>
    /// <param name="note">What was said; nobody answered when absent.</param>
    public void Call(int day, Outcome outcome, string? note = null) => On(day, (deeds, @case, cancellation) => deeds.CallAsync(Agency, @case, outcome, note, cancellation));

    /// <summary>The debtor calls with a promise.</summary>
    public void Promise(int day, string note, long amount, int inDays) => On(day, async (deeds, @case, cancellation) =>
    {
        await deeds.CallAsync(Agency, @case, Outcome.Promise, note, cancellation);
        await deeds.PromiseAsync(Agency, @case, amount, inDays, cancellation);
    });

    /// <summary>The debtor pays, the agency reports it, and some days later the bank confirms.</summary>
    public void Pay(int day, long amount, int confirmedAfter = 2)
    {
        Repayment? repayment = null;
        On(day, async (deeds, @case, cancellation) => repayment = await deeds.ReportAsync(Agency, @case, amount, cancellation));
        On(day + confirmedAfter, (deeds, _, cancellation) => deeds.ConfirmAsync(Bank, repayment!, cancellation));
    }
}
