using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.SettlementProposals;
using Agency.Api.Tenancy;

namespace Agency.Api.EvidenceFiles;

/// <summary>The bank has looked at a file and found it in order. Whoever did so does not approve the proposal.</summary>
internal static class Verify
{
    private static readonly Sql Insert = new("""
        INSERT INTO evidence_verification (bank_id, evidence_file_id, agency_id, case_id, person_id, client_id, verified_at)
        VALUES (@tenant, @id, @agency, @case, @person, @client, @now)
        """);

    public static void Map(RouteGroupBuilder files) => files.MapPost("/{id}/verification", HandleAsync)
        .Describe("EvidenceFiles_Verify", Scopes.SettlementProposalsReview, "Verify an evidence file", "The file was looked at and is in order. Whoever verified evidence for a proposal does not approve it.")
        .Returns<EvidenceFile>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, EvidenceFileProblems.IsVerified)
        .On(Get.ReadAsync, EvidenceFileProblems.NotFound);

    private static async Task<Answer<EvidenceFile>> HandleAsync(Id id, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        var known = await Get.FindAsync(work, id, cancellation) ?? throw EvidenceFileProblems.NotFound.Refuse();
        var (proposal, _) = await Decision.OpenAsync(work, known.SettlementProposalId, cancellation);
        var file = await Get.FindAsync(work, id, cancellation) ?? throw EvidenceFileProblems.NotFound.Refuse();
        if (file.VerifiedAt is not null)
        {
            throw EvidenceFileProblems.IsVerified.Refuse();
        }

        await work.Db.ExecuteAsync(
            Insert,
            new { tenant = work.Tenant, id, agency = file.AgencyId, @case = file.CaseId, person = work.Caller.Person, client = work.Caller.Client, now = work.Now },
            cancellation);
        await work.AuditAsync("evidence_file.verified", id);
        await work.EmitAsync(new("evidence_file.verified", id, work.Tenant, file.AgencyId, file.CaseId, proposal.AccountId));
        return Answer.Created($"/v1/evidence-files/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}
