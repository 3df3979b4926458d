namespace Agency.Api.RulePacks.Kinds;

/// <summary>
/// Not more than so many dials a day that nobody takes, to one contact point: the next one is warned of once as many were made. A dial
/// that was made breaks it when nobody took it either.
/// </summary>
/// <param name="Most">How many unanswered dials a day are fine.</param>
internal sealed record DailyUnanswered(int Most) : RuleKind
{
    public override string? Fault => Most > 0 ? null : "most must be positive";

    public override Breach? Judge(ContactFacts contact)
    {
        var wouldCount = contact.IsDial && (contact.Outcome is not { } outcome || OutcomeSets.Unanswered.Contains(outcome));
        return wouldCount && contact.History.UnansweredOn(contact.Day) >= Most ? new Breach(contact.Clock.From(contact.Day.AddDays(1))) : null;
    }
}
