using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Tenants;

/// <summary>The operator keeps a tenant's system out: its secret got into wrong hands, or nobody uses it.</summary>
internal static class DisableClient
{
    public static void Map(RouteGroupBuilder clients) => clients.MapPost("/{id}/disablement", HandleAsync)
        .Describe("Clients_Disable", Scopes.TenantsWrite, "Disable a client",
            "The client gets no tokens any more, and those it has are worthless within 5 seconds. No client disables itself.")
        .Returns<ApiClient>()
        .Refuses(HttpProblems.WrongTenantKind, TenantProblems.ClientIsDisabled, TenantProblems.ClientIsCaller)
        .On(Standing.FindClientAsync, TenantProblems.ClientNotFound);

    private static async Task<Answer<ApiClient>> HandleAsync(Id id, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Operator);
        var client = await Standing.FindClientAsync(work, id, cancellation) ?? throw TenantProblems.ClientNotFound.Refuse();
        if (client.DisabledAt is not null)
        {
            throw TenantProblems.ClientIsDisabled.Refuse();
        }

        if (client.ClientId == work.Caller.Client)
        {
            throw TenantProblems.ClientIsCaller.Refuse();
        }

        return Answer.Ok(await Standing.SetAsync(work, client, work.Now, cancellation));
    }
}
