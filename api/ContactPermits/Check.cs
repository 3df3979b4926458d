using Agency.Api.Cases;
using Agency.Api.ContactRecords;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.ContactPermits;

/// <summary>
/// An agency asks whether a contact may be made, now or at a time to come. The answer is kept as a permit; a warning gives one that
/// can be used when a reason comes with it, a denial never does.
/// </summary>
internal static class Check
{
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(7);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private static readonly Sql Insert = new("""
        INSERT INTO contact_permit (bank_id, id, agency_id, case_id, account_id, answer, channel, party, contact_point_id, rule_pack, findings,
            override_reason, checked_at, expires_at, allowed_from, person_id, client_id)
        VALUES (@bank, @id, @tenant, @case, @account, @answer, @channel, @party, @contactPointId, @rulePack, @findings,
            @overrideReason, @now, @expiresAt, @allowedFrom, @person, @client)
        """);

    public static void Map(RouteGroupBuilder ofCase) => ofCase.MapPost("/", HandleAsync)
        .Describe(
            "ContactPermits_Check",
            Scopes.ContactRecordsWrite,
            "Ask whether a contact may be made",
            "Judges an outbound contact by the agreement's rule pack, at the hour and on the day of the debtor, and counts those of every agency that works the debtor. The answer is kept; a contact record may name it within 15 minutes.")
        .Returns<ContactPermit>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, ContactPermitProblems.OutOfRange, ContactPermitProblems.PointUnknown)
        .On(Cases.Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<ContactPermit>> HandleAsync(Id id, ContactCheck check, Work work, ContactRules rules, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        var found = await Cases.Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var at = check.At ?? work.Now;
        if (at < work.Now - ContactRules.ClockSkew || at > work.Now + Ahead)
        {
            throw ContactPermitProblems.OutOfRange.Refuse();
        }

        var judgement = await rules.JudgeAsync(
            work,
            new(found.Case.BankId, id, found.Case.AccountId, found.Case.DebtorId, found.Account.TimeZone, found.Account.Currency),
            new(check.Channel, Direction.Outbound, check.Party, null, at, check.ContactPointId),
            cancellation);
        var permit = work.NewId();
        await work.Db.ExecuteAsync(Insert, new
        {
            bank = found.Case.BankId,
            id = permit,
            tenant = work.Tenant,
            @case = id,
            account = found.Case.AccountId,
            answer = Words.Of(judgement.Answer),
            channel = Words.Of(check.Channel),
            party = Words.Of(check.Party),
            check.ContactPointId,
            rulePack = judgement.Pack.Code,
            findings = Evidence.Of(judgement).Write(),
            check.OverrideReason,
            now = work.Now,
            expiresAt = at + Lifetime,
            allowedFrom = judgement.AllowedFrom(),
            person = work.Caller.Person,
            client = work.Caller.Client,
        }, cancellation);
        await work.AuditAsync("contact_permit.checked", permit, Words.Of(judgement.Answer));
        await work.EmitAsync(new("contact_permit.checked", permit, found.Case.BankId, work.Tenant, id, found.Case.AccountId));
        return Answer.Created($"/v1/contact-permits/{permit}", (await Get.ReadAsync(work, permit, cancellation))!);
    }
}

/// <summary>The contact to be made.</summary>
/// <param name="Channel">How contact is to be sought.</param>
/// <param name="Party">Whom it is meant for.</param>
/// <param name="ContactPointId">Where; opt-out, consent and dials to one number are judged by it.</param>
/// <param name="At">When; now when absent, at most 7 days ahead.</param>
/// <param name="OverrideReason">Why it is to be made even if a rule warns; 1 to 400 characters, no private data of the debtor's.</param>
public sealed record ContactCheck(Channel Channel, Party Party = Party.Debtor, Id? ContactPointId = null, DateTimeOffset? At = null, string? OverrideReason = null)
{
    private sealed class Rules : AbstractValidator<ContactCheck>
    {
        public Rules() => RuleFor(c => c.OverrideReason).NotEmpty().MaximumLength(400).When(c => c.OverrideReason is not null);
    }
}
