namespace Agency.Api.RulePacks.Kinds;

/// <summary>
/// No call within so many consecutive days after a conversation with the person about the debt, whoever called; the conversation's own
/// day is the first of them.
/// </summary>
/// <param name="Days">How many days; up to seven.</param>
internal sealed record AfterConversation(int Days) : RuleKind
{
    public override string? Fault => Days is > 0 and <= ContactHistory.Days ? null : "days must be from 1 to 7";

    public override Breach? Judge(ContactFacts contact)
    {
        var wouldCount = contact.IsDial && (contact.Outcome is not { } outcome || !OutcomeSets.Unconnected.Contains(outcome));
        if (!wouldCount || !HasTalked(contact.Day))
        {
            return null;
        }

        var free = contact.Day.AddDays(1);
        while (HasTalked(free))
        {
            free = free.AddDays(1);
        }

        return new Breach(contact.Clock.From(free));

        bool HasTalked(DateOnly day) => contact.History.TalksSince(day.AddDays(1 - Days)) > 0;
    }
}
