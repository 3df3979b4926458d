using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Identity;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Tenants;

/// <summary>A tenant's own system, which calls the API with a secret.</summary>
/// <param name="Id">The client.</param>
/// <param name="ClientId">What it names itself at /connect/token.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="DisabledAt">Since when it gets no tokens; absent for one that does.</param>
public sealed record ApiClient(Id Id, string ClientId, string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? DisabledAt = null);

/// <summary>A client just made.</summary>
/// <param name="Client">The client.</param>
/// <param name="Secret">Its secret, shown this once: it is stored hashed, and a replayed answer lacks it.</param>
public sealed record CreatedClient(ApiClient Client, string? Secret);

/// <summary>The operator gives a tenant a client.</summary>
internal static class CreateClient
{
    public static void Map(RouteGroupBuilder clients) => clients.MapPost("/", HandleAsync)
        .Describe("Clients_Create", Scopes.TenantsWrite, "Create a client", "The operator gives a tenant a client for its own system. The answer holds the secret, once: a replay under the same Idempotency-Key leaves it out.")
        .Returns<CreatedClient>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, TenantProblems.ClientIdTaken)
        .On(Get.ReadAsync, TenantProblems.NotFound);

    private static async Task<Answer<CreatedClient>> HandleAsync(Id id, NewClient client, Work work, Secrets secrets, CancellationToken cancellation)
    {
        work.Require(TenantKind.Operator);
        var tenant = await Get.FindAsync(work, id, cancellation) ?? throw TenantProblems.NotFound.Refuse();
        var secret = Secrets.New();
        var made = await Provisioning.CreateClientAsync(work, tenant, client, secrets.Hash(secret), cancellation);
        return Answer.Created($"/v1/tenants/{id}/clients", new CreatedClient(made, secret)) with { Kept = new CreatedClient(made, null) };
    }
}

/// <summary>The client to create.</summary>
/// <param name="ClientId">What it will name itself: 2 to 100 of <c>a-z 0-9 . -</c>, beginning with a letter; unique in the service.</param>
/// <param name="Name">What people call it; 1 to 200 characters.</param>
/// <param name="Scopes">What it may do: at least one, of those that a tenant of its kind can have.</param>
public sealed record NewClient(string ClientId, string Name, IReadOnlyList<string> Scopes)
{
    private sealed class Rules : AbstractValidator<NewClient>
    {
        public Rules()
        {
            RuleFor(c => c.ClientId).Length(2, 100).Matches("^[a-z][a-z0-9.-]*\\z");
            RuleFor(c => c.Name).NotEmpty().MaximumLength(200);
            RuleFor(c => c.Scopes).NotEmpty();
        }
    }
}
