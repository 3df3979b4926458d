namespace Agency.Api.RulePacks.Kinds;

/// <summary>
/// No further call on a day on which somebody spoke so many times already about one debtor, whoever called. A call that was made breaks
/// it when it became one conversation more, not when nobody answered.
/// </summary>
/// <param name="Most">How many conversations a day are allowed.</param>
internal sealed record DailyConversations(int Most) : RuleKind
{
    public override string? Fault => Most > 0 ? null : "most must be positive";

    public override Breach? Judge(ContactFacts contact)
    {
        var wouldCount = contact.IsDial && (contact.Outcome is not { } outcome || OutcomeSets.Spoken.Contains(outcome));
        return wouldCount && contact.History.ConversationsOn(contact.Day) >= Most ? new Breach(contact.Clock.From(contact.Day.AddDays(1))) : null;
    }
}
