using Agency.Api.Identity;
using Agency.Api.Tenancy;
using Agency.Api.Tenants;

namespace Agency.Host.Demo;

/// <summary>The operator, two banks and two agencies, each with a client and a person a role.</summary>
internal static class DemoTenants
{
    public const string Operator = "operator";
    public const string Password = "three-lanterns-by-the-harbour";

    private static readonly NewTenant[] Tenants =
    [
        new("harbour", "Harbour Bank", TenantType.Bank),
        new("summit", "Summit Bank", TenantType.Bank),
        new("swift", "Swift Collections", TenantType.Agency, AgencyKind.Agency),
        new("lantern", "Lantern Law", TenantType.Agency, AgencyKind.LawFirm),
    ];

    public static string SecretOf(string clientId) => $"{clientId}-demo-secret";

    /// <summary>Makes what is missing; what is there stays as it is.</summary>
    public static async Task CreateAsync(IServiceProvider services, CancellationToken cancellation)
    {
        if (await services.GetRequiredService<TenantStore>().OperatorAsync(cancellation) is null)
        {
            await OperatorDeeds.DoAsync(services, work => Provisioning.CreateOperatorAsync(work, Operator, "Operator", cancellation), cancellation);
        }

        await PeopleAsync(services, Operator, Operator, cancellation);
        foreach (var tenant in Tenants)
        {
            await OperatorDeeds.DoAsync(services, async work =>
                await Provisioning.FindTenantAsync(work, tenant.Code, cancellation) ?? await Provisioning.CreateTenantAsync(work, tenant, cancellation), cancellation);
            await PeopleAsync(services, tenant.Code, $"{tenant.Code}-api", cancellation);
        }
    }

    // A tenant's client and people come together or not at all, so the client's being there says that all are.
    private static Task PeopleAsync(IServiceProvider services, string code, string clientId, CancellationToken cancellation)
    {
        var secrets = services.GetRequiredService<Secrets>();
        return OperatorDeeds.DoAsync(services, async work =>
        {
            var tenant = (await Provisioning.FindTenantAsync(work, code, cancellation))!;
            if (await Provisioning.HasClientAsync(work, clientId, cancellation))
            {
                return tenant;
            }

            await Provisioning.CreateClientAsync(work, tenant, new NewClient(clientId, $"{tenant.Name} API", Roles.ClientScopes(tenant.Side)), secrets.Hash(SecretOf(clientId)), cancellation);
            foreach (var role in Roles.Of(tenant.Side))
            {
                var person = new NewPerson($"{role}@{code}.example", $"{char.ToUpperInvariant(role[0])}{role[1..]} of {tenant.Name}", role);
                await Provisioning.CreatePersonAsync(work, tenant, person, Password, secrets, cancellation);
            }

            return tenant;
        }, cancellation);
    }
}
