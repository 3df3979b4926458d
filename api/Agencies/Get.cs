using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Agency.Api.Tenants;

namespace Agency.Api.Agencies;

/// <summary>A bank reads an agency.</summary>
internal static class Get
{
    private static readonly Sql Find = new("SELECT id, code, name, agency_kind FROM tenant WHERE id = @id AND kind = 'agency'");

    public static void Map(RouteGroupBuilder agencies) => agencies.MapGet("/{id}", HandleAsync)
        .Describe("Agencies_Get", Scopes.AgenciesRead, "Read an agency", "One agency that the bank can mandate.")
        .Returns<AgencyProfile>()
        .Refuses(HttpProblems.WrongTenantKind)
        .On(ReadAsync, AgencyProblems.NotFound);

    private static async Task<AgencyProfile?> ReadAsync(Work work, Id id, CancellationToken cancellation) =>
        (await work.Db.FindAsync<Row>(Find, new { id }, cancellation))?.View;

    private static async Task<Answer<AgencyProfile>> HandleAsync(Id id, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        return Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw AgencyProblems.NotFound.Refuse());
    }

    internal sealed record Row(Id Id, string Code, string Name, string AgencyKind)
    {
        public AgencyProfile View => new(Id, Code, Name, Words.Read<AgencyKind>(AgencyKind));
    }
}
