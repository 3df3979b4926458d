namespace Agency.Api.RulePacks;

/// <summary>
/// What a rule forbids, with the figures it was given: a pure question about a contact. It is asked about outbound contacts alone;
/// whoever calls in may do so at any hour.
/// </summary>
internal abstract record RuleKind
{
    /// <summary>Null when the contact keeps the rule.</summary>
    public abstract Breach? Judge(ContactFacts contact);

    /// <summary>What is wrong with the figures; null when nothing is.</summary>
    public virtual string? Fault => null;
}

/// <summary>A contact breaks a rule.</summary>
/// <param name="AllowedFrom">The first instant at which it no longer would, if nothing else happens; unknown when that is not a matter of time.</param>
internal sealed record Breach(DateTimeOffset? AllowedFrom = null);
