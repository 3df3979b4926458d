using Agency.Api.ContactRecords;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.RulePacks;

namespace Agency.Api.ContactPermits;

/// <summary>A permit that a contact record names: it must be of the case, for that contact, good, and have held when the contact was made.</summary>
internal sealed record PermitUse(ContactPermitRow Permit, Evidence Evidence)
{
    public string? OverrideReason => Permit.OverrideReason;

    public Id? ContactPointId => Permit.ContactPointId;

    /// <summary>Refuses a record that names a permit which is not for it.</summary>
    public static async Task<PermitUse> RequireAsync(Work work, Id id, Id @case, JudgedContact contact, CancellationToken cancellation)
    {
        var permit = await Get.FindAsync(work, id, cancellation);
        if (permit is null || permit.CaseId != @case)
        {
            throw ContactPermitProblems.Unknown.Refuse();
        }

        if (!permit.Usable)
        {
            throw (permit.Answer == "deny" ? ContactPermitProblems.IsDenied : ContactPermitProblems.NeedsReason).Refuse();
        }

        var isOther = permit.ContactPointId is { } point && contact.ContactPointId is { } used && used != point;
        if (permit.Channel != Words.Of(contact.Channel) || permit.Party != Words.Of(contact.Party) || contact.Direction != Direction.Outbound || isOther)
        {
            throw ContactPermitProblems.Differs.Refuse();
        }

        var evidence = Evidence.Read(permit.Findings);
        return contact.At >= evidence.At - ContactRules.ClockSkew && contact.At < permit.ExpiresAt
            ? new PermitUse(permit, evidence)
            : throw ContactPermitProblems.IsExpired.Refuse();
    }

    /// <summary>Whether the permit's reason covers this rule's warning.</summary>
    public bool Overrides(string rule) => OverrideReason is not null && Evidence.Findings.Any(line => line.RuleId == rule && line.Answer == RuleAnswer.Warn);
}
