using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Identity;
using Agency.Api.Tenancy;

namespace Agency.Api.Tenants;

/// <summary>Makes tenants, their clients and their people: for the API's verbs, the command line and the example data alike.</summary>
internal static class Provisioning
{
    private static readonly Sql FindCode = new("SELECT id FROM tenant WITH (UPDLOCK, HOLDLOCK) WHERE code = @code");
    private static readonly Sql FindByCode = new($"SELECT {TenantRow.Columns} FROM tenant WHERE code = @code");
    private static readonly Sql AllTenants = new($"SELECT {TenantRow.Columns} FROM tenant ORDER BY tenant_id");
    private static readonly Sql FindClientId = new("SELECT id FROM auth.client WITH (UPDLOCK, HOLDLOCK) WHERE client_id = @clientId");
    private static readonly Sql FindEmail = new("SELECT id FROM auth.person WITH (UPDLOCK, HOLDLOCK) WHERE email = @email");

    private static readonly Sql InsertTenant = new("""
        INSERT INTO tenant (id, code, name, kind, agency_kind, created_at)
        VALUES (@id, @code, @name, @kind, @agencyKind, @now)
        """);

    private static readonly Sql InsertClient = new("""
        INSERT INTO auth.client (id, tenant_id, tenant_kind, client_id, client_type, secret_hash, name, scopes, redirect_uris, post_logout_redirect_uris, created_at)
        VALUES (@id, @tenant, @kind, @clientId, 'confidential', @secretHash, @name, @scopes, '', '', @now)
        """);

    private static readonly Sql InsertPerson = new("""
        INSERT INTO auth.person (id, tenant_id, tenant_kind, email, name, role, password_hash, failed_count, created_at)
        VALUES (@id, @tenant, @kind, @email, @name, @role, @passwordHash, 0, @now)
        """);

    public static async Task<bool> HasClientAsync(Work work, string clientId, CancellationToken cancellation) =>
        await work.Db.FindAsync<Id?>(FindClientId, new { clientId }, cancellation) is not null;

    public static Task<TenantRow?> FindTenantAsync(Work work, string code, CancellationToken cancellation) =>
        work.Db.FindAsync<TenantRow>(FindByCode, new { code }, cancellation);

    /// <summary>Every tenant, for a shell: the API's list has pages.</summary>
    public static Task<IReadOnlyList<TenantRow>> ListTenantsAsync(Work work, CancellationToken cancellation) =>
        work.Db.ListAsync<TenantRow>(AllTenants, null, cancellation);

    /// <summary>Makes a bank or an agency.</summary>
    public static async Task<TenantRow> CreateTenantAsync(Work work, NewTenant tenant, CancellationToken cancellation)
    {
        var agencyKind = tenant.Kind == TenantType.Agency ? Words.Of(tenant.AgencyKind ?? AgencyKind.Agency) : null;
        var row = await InsertTenantAsync(work, tenant.Code, tenant.Name, tenant.Kind, agencyKind, cancellation);
        await work.AuditAsync("tenant.created", row.Id);
        return row;
    }

    /// <summary>Makes the operator itself, once, before there is anyone to write it down for.</summary>
    public static Task<TenantRow> CreateOperatorAsync(Work work, string code, string name, CancellationToken cancellation) =>
        InsertTenantAsync(work, code, name, TenantType.Operator, null, cancellation);

    /// <summary>Makes a client of the tenant, which proves itself with the secret.</summary>
    public static async Task<ApiClient> CreateClientAsync(Work work, TenantRow tenant, NewClient client, string secretHash, CancellationToken cancellation)
    {
        RefuseForeignScopes(tenant, client);
        if (await HasClientAsync(work, client.ClientId, cancellation))
        {
            throw TenantProblems.ClientIdTaken.Refuse();
        }

        var id = work.NewId();
        string[] scopes = [.. client.Scopes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        await work.Db.ExecuteAsync(InsertClient, new
        {
            id,
            tenant = tenant.TenantId,
            kind = tenant.Kind,
            client.ClientId,
            secretHash,
            client.Name,
            scopes = string.Join(' ', scopes),
            now = work.Now,
        }, cancellation);
        await work.AuditAsync("client.created", id, client.ClientId);
        return new ApiClient(id, client.ClientId, client.Name, scopes, work.Now);
    }

    /// <summary>Makes a person of the tenant, who signs in with the password. One that is not good enough is refused.</summary>
    public static async Task<Person> CreatePersonAsync(Work work, TenantRow tenant, NewPerson person, string password, Secrets secrets, CancellationToken cancellation)
    {
        if (Passwords.FaultOf(password, hasCode: false, person.Name, person.Email, tenant.Name) is { } fault)
        {
            throw HttpProblems.Invalid.Refuse(new FieldError("/password", fault.Code, fault.Text));
        }

        if (Roles.ScopesOf(tenant.Side, person.Role) is null)
        {
            throw HttpProblems.Invalid.Refuse(new FieldError("/role", "unknown", $"The roles of this tenant are {string.Join(", ", Roles.Of(tenant.Side))}."));
        }

        var email = People.Normalise(person.Email);
        if (await work.Db.FindAsync<Id?>(FindEmail, new { email }, cancellation) is not null)
        {
            throw TenantProblems.EmailTaken.Refuse();
        }

        var id = work.NewId();
        await work.Db.ExecuteAsync(InsertPerson, new { id, tenant = tenant.TenantId, kind = tenant.Kind, email, person.Name, person.Role, passwordHash = secrets.Hash(password), now = work.Now }, cancellation);
        await work.AuditAsync("person.created", id, person.Role);
        return new Person(id, email, person.Name, person.Role, work.Now);
    }

    private static async Task<TenantRow> InsertTenantAsync(Work work, string code, string name, TenantType kind, string? agencyKind, CancellationToken cancellation)
    {
        if (await work.Db.FindAsync<Id?>(FindCode, new { code }, cancellation) is not null)
        {
            throw TenantProblems.CodeTaken.Refuse();
        }

        await work.Db.ExecuteAsync(InsertTenant, new { id = work.NewId(), code, name, kind = Words.Of(kind), agencyKind, now = work.Now }, cancellation);
        return (await FindTenantAsync(work, code, cancellation))!;
    }

    private static void RefuseForeignScopes(TenantRow tenant, NewClient client)
    {
        var grantable = Roles.ClientScopes(tenant.Side);
        FieldError[] errors = [.. client.Scopes.Index()
            .Where(scope => !grantable.Contains(scope.Item, StringComparer.Ordinal))
            .Select(scope => new FieldError($"/scopes/{scope.Index}", "not_grantable", $"A client of a tenant of this kind can't be granted this scope."))];
        if (errors.Length > 0)
        {
            throw HttpProblems.Invalid.Refuse(errors);
        }
    }
}
