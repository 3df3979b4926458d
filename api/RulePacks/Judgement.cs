namespace Agency.Api.RulePacks;

/// <summary>A rule that a contact breaks.</summary>
/// <param name="AllowedFrom">The first instant at which it no longer would, when that is a matter of time.</param>
internal sealed record Finding(ContactRule Rule, DateTimeOffset? AllowedFrom);

/// <summary>What a rule pack says of a contact.</summary>
/// <param name="Pack">The pack that was asked.</param>
/// <param name="Facts">The contact.</param>
/// <param name="Findings">The rules it breaks; none when it may be made.</param>
internal sealed record Judgement(RuleBook Pack, ContactFacts Facts, IReadOnlyList<Finding> Findings)
{
    // Each step passes one rule's end or the beginning of another version; far fewer than this ever follow one another.
    private const int MaxSteps = 64;

    /// <summary>The worst of the findings.</summary>
    public RuleAnswer Answer => Findings.Count == 0 ? RuleAnswer.Allow : Findings.Max(finding => finding.Rule.Answer);

    /// <summary>Judges a contact by the versions in force on its day, the debtor's.</summary>
    public static Judgement Of(RuleBook pack, ContactFacts facts) => new(pack, facts, Find(pack, facts));

    /// <summary>
    /// The earliest instant at which no rule warns or denies, if nothing else happens until then; null when it may be made now, or when
    /// time alone will not allow it.
    /// </summary>
    public DateTimeOffset? AllowedFrom()
    {
        var (at, findings) = (Facts.At, Findings);
        for (var step = 0; step < MaxSteps && findings.Count > 0; step++)
        {
            if (findings.Any(finding => finding.AllowedFrom is null))
            {
                return null;
            }

            // All of them must have ended, and by then another may have begun: a new day begins at night.
            at = findings.Max(finding => finding.AllowedFrom!.Value);
            findings = Find(Pack, Facts with { At = at });
        }

        return findings.Count == 0 && at > Facts.At ? at : null;
    }

    private static List<Finding> Find(RuleBook pack, ContactFacts facts)
    {
        List<Finding> findings = [];
        if (facts.Direction == ContactRecords.Direction.Outbound)
        {
            foreach (var version in pack.On(facts.Day))
            {
                if (version.Kind.Judge(facts) is { } breach)
                {
                    findings.Add(new Finding(version.Rule, breach.AllowedFrom));
                }
            }
        }

        return findings;
    }
}
