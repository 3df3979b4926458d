using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Agreements;

/// <summary>A bank's mandate to an agency: without one in force nothing can be assigned.</summary>
/// <param name="Id">The agreement.</param>
/// <param name="BankId">The bank that gave the mandate.</param>
/// <param name="AgencyId">The agency that holds it.</param>
/// <param name="Title">What both sides call it.</param>
/// <param name="ValidFrom">First day on which it holds.</param>
/// <param name="ValidTo">Last day on which it holds; open-ended when absent.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record Agreement(Id Id, Id BankId, Id AgencyId, string Title, DateOnly ValidFrom, DateOnly? ValidTo, DateTimeOffset CreatedAt);

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
    }
}
