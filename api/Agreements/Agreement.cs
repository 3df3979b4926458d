using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Agreements;

/// <summary>A bank's mandate to an agency as it stands now: without one in force nothing can be assigned.</summary>
/// <param name="Id">The agreement.</param>
/// <param name="BankId">The bank that gave the mandate.</param>
/// <param name="AgencyId">The agency that holds it.</param>
/// <param name="Title">What both sides call it.</param>
/// <param name="ValidFrom">First day on which it holds.</param>
/// <param name="ValidTo">Last day on which it holds; open-ended when absent.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Version">How often it was agreed on: 1 at first, one more with each change. Assignments keep the version they were submitted under.</param>
/// <param name="ChangedAt">When this version was made.</param>
/// <param name="Terms">What was agreed on.</param>
public sealed record Agreement(
    Id Id, Id BankId, Id AgencyId, string Title, DateOnly ValidFrom, DateOnly? ValidTo, DateTimeOffset CreatedAt,
    int Version, DateTimeOffset ChangedAt, AgreementTerms Terms);

/// <summary>What can be wrong with an agreement.</summary>
public static class AgreementProblems
{
    public static readonly Problem NotFound = new("agreement.not_found", 404, "There is no such agreement.", "委托协议不存在。");
    public static readonly Problem NotInForce = new("agreement.not_in_force", 409, "The agreement does not cover the term.", "委托协议未覆盖该委案期限。");
}

internal static class AgreementRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var agreements = v1.MapGroup("/agreements").WithTags("Agreements");
        Create.Map(agreements);
        List.Map(agreements);
        Get.Map(agreements);
        Change.Map(agreements);
        ListVersions.Map(agreements);
    }
}

/// <summary>An agreement as stored, in its latest version.</summary>
internal sealed record AgreementRow(
    Id Id, int AgencyId, Id BankKey, Id AgencyKey, string Title, DateOnly ValidFrom, DateOnly? ValidTo, DateTimeOffset CreatedAt,
    int Version, DateTimeOffset ChangedAt, string Terms)
{
    public const string Columns = """
        a.id, a.agency_id, b.id AS bank_key, g.id AS agency_key, v.title, v.valid_from, v.valid_to, a.created_at,
        v.version, v.created_at AS changed_at, v.terms
        """;

    public const string Tables = """
        agreement AS a
        INNER JOIN agreement_version AS v ON v.bank_id = a.bank_id AND v.agreement_id = a.id
            AND v.version = (SELECT MAX(n.version) FROM agreement_version AS n WHERE n.bank_id = a.bank_id AND n.agreement_id = a.id)
        INNER JOIN tenant AS b ON b.tenant_id = a.bank_id
        INNER JOIN tenant AS g ON g.tenant_id = a.agency_id
        """;

    public Agreement View() => new(Id, BankKey, AgencyKey, Title, ValidFrom, ValidTo, CreatedAt, Version, ChangedAt, AgreementTerms.Read(Terms));
}
