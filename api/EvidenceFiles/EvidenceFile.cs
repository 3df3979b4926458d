using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.EvidenceFiles;

/// <summary>What a file is evidence of.</summary>
public enum EvidenceKind
{
    /// <summary>What the debtor earns.</summary>
    Income,

    /// <summary>What went through the debtor's bank account.</summary>
    BankStatement,

    /// <summary>Land and buildings.</summary>
    Property,

    /// <summary>Vehicles.</summary>
    Vehicle,

    /// <summary>Whom the debtor lives with and supports.</summary>
    Household,

    /// <summary>Who the debtor is.</summary>
    Identity,

    /// <summary>The agreed terms with the debtor's signature: once the bank has verified it a plan can come into force.</summary>
    SignedAgreement,

    /// <summary>Anything else.</summary>
    Other,
}

/// <summary>A file that an agency sent as evidence for a settlement proposal. The file itself is fetched by a link.</summary>
/// <param name="Id">The evidence file.</param>
/// <param name="SettlementProposalId">The proposal it is evidence for.</param>
/// <param name="CaseId">The case of the proposal.</param>
/// <param name="Kind">What it is evidence of.</param>
/// <param name="Name">The file's name, as the agency gave it. Empty once the file is erased: its time was over, or its debtor was erased.</param>
/// <param name="MediaType">application/pdf, image/jpeg or image/png; by what the file contains.</param>
/// <param name="Bytes">How long it is.</param>
/// <param name="Sha256">The digest of its content, in hex.</param>
/// <param name="UploadedAt">When it was received.</param>
/// <param name="VerifiedAt">When the bank verified it.</param>
public sealed record EvidenceFile(
    Id Id, Id SettlementProposalId, Id CaseId, EvidenceKind Kind, string Name, string MediaType, long Bytes, string Sha256, DateTimeOffset UploadedAt, DateTimeOffset? VerifiedAt);

/// <summary>Where an evidence file can be fetched for a while, by whoever has the address.</summary>
/// <param name="Url">The address; it needs no token.</param>
/// <param name="ExpiresAt">From then on it leads nowhere; before that too, once whoever asked no longer sees the file.</param>
public sealed record EvidenceLink(string Url, DateTimeOffset ExpiresAt);

/// <summary>What can be wrong with an evidence file.</summary>
public static class EvidenceFileProblems
{
    public static readonly Problem NotFound = new("evidence_file.not_found", 404, "There is no such evidence file.", "证据材料不存在。");
    public static readonly Problem NotWhatItSays = new("evidence_file.not_what_it_says", 422, "The content is not a whole file of the type that it was sent as.", "文件内容与声明的类型不符或不完整。");
    public static readonly Problem Duplicate = new("evidence_file.duplicate", 409, "The proposal has this very file already.", "该申请已有相同的文件。");
    public static readonly Problem TooMany = new("evidence_file.too_many", 409, "A proposal has at most 20 evidence files.", "每项申请最多可附20个文件。");
    public static readonly Problem IsVerified = new("evidence_file.is_verified", 409, "The evidence file is verified already.", "证据材料已核验。");
    public static readonly Problem IsErased = new("evidence_file.is_erased", 409, "The file is erased: its time of retention is over, or its debtor was erased.", "证据材料已删除：保存期限已满或债务人信息已删除。");
    public static readonly Problem StoreUnavailable = new("evidence_file.store_unavailable", 503, "Evidence can't be kept or fetched at the moment: try again.", "证据存储暂不可用，请稍后重试。");
    public static readonly Problem LinkExpired = new("evidence_file.link_expired", 404, "The link leads nowhere any more: ask for another.", "下载链接已失效，请重新获取。");
}

internal static class EvidenceFileRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var ofProposal = v1.MapGroup("/settlement-proposals/{id}/evidence-files").WithTags("EvidenceFiles");
        Create.Map(ofProposal);
        ListOfProposal.Map(ofProposal);

        var files = v1.MapGroup("/evidence-files").WithTags("EvidenceFiles");
        Get.Map(files);
        Verify.Map(files);
        MakeLink.Map(files);
    }
}

/// <summary>An evidence file as stored, with the bank's verification beside it.</summary>
internal sealed record EvidenceFileRow(
    Id Id, int BankId, int AgencyId, Id CaseId, Id SettlementProposalId, string Kind, string MediaType, long Bytes, byte[] Sha256, byte[] NameCipher, DateTimeOffset UploadedAt,
    Id? VerifierId, string? VerifierClient, DateTimeOffset? VerifiedAt)
{
    public const string Columns = """
        e.id, e.bank_id, e.agency_id, e.case_id, e.settlement_proposal_id, e.kind, e.media_type, e.bytes, e.sha256, e.name_cipher, e.uploaded_at,
        v.person_id AS verifier_id, v.client_id AS verifier_client, v.verified_at
        """;

    public const string Tables = """
        evidence_file AS e
        LEFT JOIN evidence_verification AS v ON v.bank_id = e.bank_id AND v.evidence_file_id = e.id
        """;

    public bool IsErased => NameCipher.Length == 0;

    public string NameOf(PrivateFields fields) => fields.DecryptUnlessErased(BankId, "evidence_file", "name_cipher", Id, NameCipher);

    public EvidenceFile View(Work work) => new(
        Id, SettlementProposalId, CaseId, Words.Read<EvidenceKind>(Kind), NameOf(work.PrivateFields), MediaType, Bytes, Convert.ToHexStringLower(Sha256), UploadedAt, VerifiedAt);
}
