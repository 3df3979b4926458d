using System.ComponentModel;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.SettlementProposals;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.EvidenceFiles;

/// <summary>An agency sends evidence for a settlement proposal of its own, while its case is open.</summary>
internal static class Create
{
    private const int Most = 20;
    private const int LongestName = 200;

    // A range, as in the list.
    private static readonly Sql OfProposal = new("SELECT sha256 FROM evidence_file WHERE bank_id = @bank AND settlement_proposal_id >= @id AND settlement_proposal_id <= @id");

    private static readonly Sql Insert = new("""
        INSERT INTO evidence_file (bank_id, id, agency_id, case_id, settlement_proposal_id, kind, media_type, bytes, sha256, name_cipher, person_id, client_id, uploaded_at)
        VALUES (@bank, @id, @tenant, @case, @proposal, @kind, @mediaType, @bytes, @sha256, @name, @person, @client, @now)
        """);

    public static void Map(RouteGroupBuilder ofProposal) => ofProposal.MapPost("/", HandleAsync)
        .Describe("EvidenceFiles_Create", Scopes.SettlementProposalsWrite, "Send evidence", "A file, whole in the body, as PDF, JPEG or PNG, which is told by what it contains; 10 MiB at most unless the service is set up otherwise, and 20 a proposal. It is kept encrypted. The debtor's signature on what was agreed is of kind signed_agreement.")
        .Receives(EvidenceContent.MediaTypes)
        .Returns<EvidenceFile>(StatusCodes.Status201Created)
        .Refuses(
            HttpProblems.WrongTenantKind, HttpProblems.TooLarge, HttpProblems.UnsupportedMediaType, CaseProblems.NotFound, EvidenceFileProblems.NotWhatItSays,
            EvidenceFileProblems.Duplicate, EvidenceFileProblems.TooMany, EvidenceFileProblems.StoreUnavailable)
        .On(SettlementProposals.Get.ReadAsync, SettlementProposalProblems.NotFound)
        .WithMetadata(new BeforeTransaction(Upload.ReceiveAsync));

    private static async Task<Answer<EvidenceFile>> HandleAsync(
        Id id,
        [FromQuery(Name = "kind"), Description("What it is evidence of: income, bank_statement, property, vehicle, household, identity, signed_agreement or other.")] string kind,
        [FromHeader(Name = Upload.NameHeader), Description("The file's name; 1 to 200 characters, none of them / or \\ or invisible. On the wire what is not ASCII, and the percent sign, are %-escapes of UTF-8. It is in no address, since those are logged everywhere.")] string fileName,
        Work work,
        HttpContext http,
        CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        var name = Upload.NameIn(fileName);
        CheckName(name);
        var known = await SettlementProposals.Get.FindAsync(work, id, cancellation) ?? throw SettlementProposalProblems.NotFound.Refuse();
        _ = await Reply.LockCaseAsync(work, known.CaseId, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        var file = http.Features.Get<ReceivedEvidence>() ?? throw new InvalidOperationException("The file was not received.");
        var others = await work.Db.ListAsync<byte[]>(OfProposal, new { bank = known.BankId, id }, cancellation);
        if (others.Any(other => other.AsSpan().SequenceEqual(file.Sha256)))
        {
            throw EvidenceFileProblems.Duplicate.Refuse();
        }

        if (others.Count >= Most)
        {
            throw EvidenceFileProblems.TooMany.Refuse();
        }

        await work.Db.ExecuteAsync(Insert, new
        {
            bank = known.BankId,
            file.Id,
            tenant = work.Tenant,
            @case = known.CaseId,
            proposal = id,
            kind,
            file.MediaType,
            file.Bytes,
            file.Sha256,
            name = work.PrivateFields.Encrypt(known.BankId, "evidence_file", "name_cipher", file.Id, name),
            person = work.Caller.Person,
            client = work.Caller.Client,
            now = work.Now,
        }, cancellation);
        await work.AuditAsync("evidence_file.uploaded", file.Id, kind);
        await work.EmitAsync(new("evidence_file.uploaded", file.Id, known.BankId, work.Tenant, known.CaseId, known.AccountId));
        file.Keep();
        return Answer.Created($"/v1/evidence-files/{file.Id}", (await Get.ReadAsync(work, file.Id, cancellation))!);
    }

    private static void CheckName(string name)
    {
        if (name.Length is 0 or > LongestName || string.IsNullOrWhiteSpace(name) || name.Any(c => c is '/' or '\\' || char.IsControl(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.Format))
        {
            throw HttpProblems.Invalid.Refuse(new FieldError(Upload.NameHeader, "name.invalid", "The name has 1 to 200 characters, none of them / or \\ or invisible."));
        }
    }
}
