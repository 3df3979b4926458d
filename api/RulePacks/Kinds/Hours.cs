namespace Agency.Api.RulePacks.Kinds;

/// <summary>Contact only between two hours of the debtor's day: from the first on, up to but not including the second.</summary>
/// <param name="ConsentLifts">The consent of the contact point's holder lifts the rule.</param>
internal sealed record Hours(TimeOnly From, TimeOnly Until, bool ConsentLifts) : RuleKind
{
    public override string? Fault => From < Until ? null : "from must be before until";

    public override Breach? Judge(ContactFacts contact)
    {
        var shown = contact.Clock.Show(contact.At);
        var time = TimeOnly.FromDateTime(shown);
        if ((ConsentLifts && contact.IsConsented) || (time >= From && time < Until))
        {
            return null;
        }

        var day = DateOnly.FromDateTime(shown);
        return new Breach(contact.Clock.From(time < From ? day : day.AddDays(1), From));
    }
}
