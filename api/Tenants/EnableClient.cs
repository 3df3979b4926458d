using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.Tenants;

/// <summary>The operator lets a disabled client ask for tokens again.</summary>
internal static class EnableClient
{
    public static void Map(RouteGroupBuilder clients) => clients.MapPost("/{id}/enablement", HandleAsync)
        .Describe("Clients_Enable", Scopes.TenantsWrite, "Enable a client", "The client gets tokens again, by the secret it had. Tokens from before it was disabled stay worthless.")
        .Returns<ApiClient>()
        .Refuses(HttpProblems.WrongTenantKind, TenantProblems.ClientIsEnabled)
        .On(Standing.FindClientAsync, TenantProblems.ClientNotFound);

    private static async Task<Answer<ApiClient>> HandleAsync(Id id, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Operator);
        var client = await Standing.FindClientAsync(work, id, cancellation) ?? throw TenantProblems.ClientNotFound.Refuse();
        return client.DisabledAt is null
            ? throw TenantProblems.ClientIsEnabled.Refuse()
            : Answer.Ok(await Standing.SetAsync(work, client, null, cancellation));
    }
}
