using Agency.Api.Http;

namespace Agency.Api.Agencies;

/// <summary>What can be wrong with an agency named in a request.</summary>
public static class AgencyProblems
{
    public static readonly Problem NotFound = new("agency.not_found", 404, "There is no such agency.", "催收机构不存在。");
}
