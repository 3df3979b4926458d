namespace Agency.Api.RulePacks.Kinds;

/// <summary>
/// Not more than so many calls within so many consecutive days to one person about one debt; dials that were not connected to the
/// number do not count (12 CFR 1006.14(b)(3)(ii)). Days are the consumer's, the call's own among them.
/// </summary>
/// <param name="Most">How many calls are fine.</param>
/// <param name="Days">Within how many days; up to seven.</param>
internal sealed record CallsPerDebt(int Most, int Days) : RuleKind
{
    public override string? Fault => Most > 0 && Days is > 0 and <= ContactHistory.Days ? null : "most must be positive, days from 1 to 7";

    public override Breach? Judge(ContactFacts contact)
    {
        var wouldCount = contact.IsDial && (contact.Outcome is not { } outcome || !OutcomeSets.Unconnected.Contains(outcome));
        if (!wouldCount || CallsUpTo(contact.Day) < Most)
        {
            return null;
        }

        var free = contact.Day.AddDays(1);
        while (CallsUpTo(free) >= Most)
        {
            free = free.AddDays(1);
        }

        return new Breach(contact.Clock.From(free));

        int CallsUpTo(DateOnly day) => contact.History.CallsSince(day.AddDays(1 - Days));
    }
}
