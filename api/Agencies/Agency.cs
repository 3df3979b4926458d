using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenants;

namespace Agency.Api.Agencies;

/// <summary>An agency as banks see it.</summary>
/// <param name="Id">The agency: what an agreement names.</param>
/// <param name="Code">Its short name.</param>
/// <param name="Name">Its full name.</param>
/// <param name="Kind">A collection agency or a law firm.</param>
public sealed record AgencyProfile(Id Id, string Code, string Name, AgencyKind Kind);

/// <summary>What can be wrong with an agency named in a request.</summary>
public static class AgencyProblems
{
    public static readonly Problem NotFound = new("agency.not_found", 404, "There is no such agency.", "催收机构不存在。");
}

internal static class AgencyRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var agencies = v1.MapGroup("/agencies").WithTags("Agencies");
        List.Map(agencies);
        Get.Map(agencies);
    }
}
