using Agency.Api.Data;
using Agency.Api.Http;
using Party = Agency.Api.ContactRecords.Party;

namespace Agency.Api.ContactPoints;

/// <summary>How somebody can be reached.</summary>
public enum ContactPointKind
{
    Phone,
    Email,
    Address,
}

/// <summary>What is known of a contact point.</summary>
public enum ContactPointStatus
{
    Unverified,
    Valid,
    Invalid,
    OptedOut,
}

/// <summary>Who brought a contact point.</summary>
public enum ContactPointSource
{
    /// <summary>The bank: by an import, or by hand.</summary>
    Bank,

    /// <summary>An agency found it.</summary>
    Agency,
}

/// <summary>Whether its holder agreed to be contacted there.</summary>
public enum Consent
{
    Unknown,
    Given,
    Withdrawn,
}

/// <summary>A phone, e-mail or address of a debtor or of somebody around the debtor, masked.</summary>
/// <param name="Id">The contact point.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Value">Masked: enough to recognise, too little to use; whole in a list with view=full.</param>
/// <param name="Status">Whether it works and may be used. An agency's marks show in it right after they were made.</param>
/// <param name="Party">Whom it reaches.</param>
/// <param name="Holder">The name of whom it reaches, masked, where that is not the debtor.</param>
/// <param name="Source">Who brought it.</param>
/// <param name="Consent">Whether its holder agreed to be contacted there.</param>
/// <param name="Adopted">An agency's find that the bank took over: every agency that works the debtor sees it.</param>
/// <param name="FoundByUs">The caller's agency found it. Not shown to banks.</param>
/// <param name="AgencyId">The agency that found it. Shown to the bank alone.</param>
/// <param name="CreatedAt">When it was brought.</param>
/// <param name="ChangedAt">When its status, consent or adoption last changed.</param>
public sealed record ContactPoint(
    Id Id, ContactPointKind Kind, string Value, ContactPointStatus Status, Party Party, string? Holder, ContactPointSource Source, Consent Consent,
    bool Adopted, bool? FoundByUs, Id? AgencyId, DateTimeOffset CreatedAt, DateTimeOffset? ChangedAt);

/// <summary>What can be wrong with a contact point.</summary>
public static class ContactPointProblems
{
    public static readonly Problem NotFound = new("contact_point.not_found", 404, "There is no such contact point.", "联系方式不存在。");
    public static readonly Problem ValueInvalid = new("contact_point.value_invalid", 422, "The value is no such phone number, e-mail address or address.", "联系方式的值不合法。");
    public static readonly Problem Known = new("contact_point.known", 409, "This contact point of the debtor is known already.", "该联系方式已存在。");
    public static readonly Problem IsAdopted = new("contact_point.is_adopted", 409, "The contact point is adopted already.", "该联系方式已被采纳。");
    public static readonly Problem IsOwn = new("contact_point.is_own", 409, "The contact point is the bank's own: there is nothing to adopt.", "该联系方式为委托方自有，无需采纳。");
}

internal static class ContactPointRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var ofCase = v1.MapGroup("/cases/{id}/contact-points").WithTags("ContactPoints");
        List.Map(ofCase);
        Create.Map(ofCase);

        var points = v1.MapGroup("/contact-points").WithTags("ContactPoints");
        Get.Map(points);
        Adopt.Map(points);
        Marks.Map(points);
    }
}

/// <summary>A contact point as stored, with the agency that found it.</summary>
internal sealed record ContactPointRow(
    Id Id, int BankId, Id DebtorId, string Kind, byte[] ValueCipher, byte[] ValueIndex, string Status, string Source, string Party, string Consent, byte[]? HolderCipher,
    int? AgencyId, Id? AgencyKey, Id? CaseId, DateTimeOffset CreatedAt, DateTimeOffset? AdoptedAt, DateTimeOffset? ChangedAt)
{
    public const string Columns = """
        p.id, p.bank_id, p.debtor_id, p.kind, p.value_cipher, p.value_index, p.status, p.source, p.party, p.consent, p.holder_cipher,
        p.agency_id, g.id AS agency_key, p.case_id, p.created_at, p.adopted_at, p.changed_at
        """;

    public const string Tables = """
        contact_point AS p
        LEFT JOIN tenant AS g ON g.tenant_id = p.agency_id
        """;

    /// <summary>Erased with its debtor: what is left of the row holds the marks together.</summary>
    public bool IsErased => ValueCipher.Length == 0;

    public string Value(PrivateFields fields) => fields.Decrypt(BankId, "contact_point", "value_cipher", Id, ValueCipher);

    public string? Holder(PrivateFields fields) => HolderCipher is null ? null : fields.Decrypt(BankId, "contact_point", "holder_cipher", Id, HolderCipher);

    public ContactPoint View(Work work, bool inFull = false)
    {
        var kind = Words.Read<ContactPointKind>(Kind);
        return new ContactPoint(
            Id, kind, inFull ? Value(work.PrivateFields) : Masked(kind, Value(work.PrivateFields)), Words.Read<ContactPointStatus>(Status), Words.Read<Party>(Party),
            Holder(work.PrivateFields) is { } holder ? inFull ? holder : Mask.Name(holder) : null, Words.Read<ContactPointSource>(Source), Words.Read<Consent>(Consent),
            AdoptedAt is not null, work.Caller.IsBank ? null : AgencyId == work.Tenant, work.Caller.IsBank ? AgencyKey : null, CreatedAt, ChangedAt);
    }

    private static string Masked(ContactPointKind kind, string value) => kind switch
    {
        ContactPointKind.Phone => Mask.Phone(value),
        ContactPointKind.Email => Mask.Email(value),
        _ => Mask.Address(value),
    };
}
