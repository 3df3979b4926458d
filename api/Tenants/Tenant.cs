using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Tenants;

/// <summary>What a tenant is to the others.</summary>
public enum TenantType
{
    /// <summary>Owns debts and has them collected.</summary>
    Bank,

    /// <summary>Works the debts of banks.</summary>
    Agency,

    /// <summary>Runs the service.</summary>
    Operator,
}

/// <summary>What sort of agency it is.</summary>
public enum AgencyKind
{
    /// <summary>A collection agency.</summary>
    Agency,

    /// <summary>A law firm, to which accounts go for legal action.</summary>
    LawFirm,
}

/// <summary>A bank or an agency that uses the service, or the operator that runs it.</summary>
/// <param name="Id">The tenant.</param>
/// <param name="Code">Its short name, unique and for ever: <c>harbour</c>.</param>
/// <param name="Name">Its full name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="AgencyKind">What sort of agency; absent for others.</param>
/// <param name="CreatedAt">When it joined.</param>
public sealed record Tenant(Id Id, string Code, string Name, TenantType Kind, AgencyKind? AgencyKind, DateTimeOffset CreatedAt);

/// <summary>What can be wrong with a tenant, its clients and its people.</summary>
public static class TenantProblems
{
    public static readonly Problem NotFound = new("tenant.not_found", 404, "There is no such tenant.", "租户不存在。");
    public static readonly Problem CodeTaken = new("tenant.code_taken", 409, "Another tenant has this code.", "该租户代码已被使用。");
    public static readonly Problem ClientIdTaken = new("client.id_taken", 409, "Another client has this id.", "该客户端标识已被使用。");
    public static readonly Problem EmailTaken = new("person.email_taken", 409, "Another person signs in with this e-mail address.", "该电子邮箱已被使用。");
    public static readonly Problem PersonIsDisabled = new("person.is_disabled", 409, "The person is disabled already.", "该人员已被停用。");
    public static readonly Problem PersonIsEnabled = new("person.is_enabled", 409, "The person is not disabled.", "该人员未被停用。");
    public static readonly Problem PersonIsCaller = new("person.is_caller", 409, "Nobody disables themselves.", "不能停用本人。");
    public static readonly Problem ClientNotFound = new("client.not_found", 404, "There is no such client.", "客户端不存在。");
    public static readonly Problem ClientIsDisabled = new("client.is_disabled", 409, "The client is disabled already.", "该客户端已被停用。");
    public static readonly Problem ClientIsEnabled = new("client.is_enabled", 409, "The client is not disabled.", "该客户端未被停用。");
    public static readonly Problem ClientIsCaller = new("client.is_caller", 409, "No client disables itself.", "客户端不能停用自身。");
}

/// <summary>A tenant as its row has it, with the number that rows carry.</summary>
internal sealed record TenantRow(int TenantId, Id Id, string Code, string Name, string Kind, string? AgencyKind, DateTimeOffset CreatedAt)
{
    public const string Columns = "tenant_id, id, code, name, kind, agency_kind, created_at";

    public Tenant View => new(Id, Code, Name, Words.Read<TenantType>(Kind), Words.ReadOrNull<AgencyKind>(AgencyKind), CreatedAt);

    /// <summary>The kind that decides which scopes its clients and which roles its people can have.</summary>
    public TenantKind Side => Enum.Parse<TenantKind>(Kind, ignoreCase: true);
}

internal static class TenantRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var tenants = v1.MapGroup("/tenants").WithTags("Tenants");
        Create.Map(tenants);
        List.Map(tenants);
        Get.Map(tenants);

        var clients = v1.MapGroup("/tenants/{id}/clients").WithTags("Clients");
        CreateClient.Map(clients);
        ListClients.Map(clients);

        var client = v1.MapGroup("/clients").WithTags("Clients");
        DisableClient.Map(client);
        EnableClient.Map(client);

        var people = v1.MapGroup("/tenants/{id}/people").WithTags("People");
        CreatePerson.Map(people);
        ListPeople.Map(people);

        var person = v1.MapGroup("/people").WithTags("People");
        DisablePerson.Map(person);
        EnablePerson.Map(person);
        ResetSignIn.Map(person);
    }
}
