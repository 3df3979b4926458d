using Agency.Api.ContactRecords;

namespace Agency.Api.RulePacks.Kinds;

/// <summary>Only these parties are contacted.</summary>
/// <param name="Allowed">Always.</param>
/// <param name="WhenUnreachable">These too, while the debtor can't be reached.</param>
internal sealed record Parties(IReadOnlyList<Party> Allowed, IReadOnlyList<Party> WhenUnreachable) : RuleKind
{
    public override string? Fault => Allowed.Count > 0 ? null : "allowed must name a party";

    public override Breach? Judge(ContactFacts contact) =>
        Allowed.Contains(contact.Party) || (contact.IsUnreachable && WhenUnreachable.Contains(contact.Party)) ? null : new Breach();
}
