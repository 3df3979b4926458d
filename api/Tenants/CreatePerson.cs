using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Identity;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Tenants;

/// <summary>Someone who works for a tenant and signs in.</summary>
/// <param name="Id">The person.</param>
/// <param name="Email">What they sign in with, in lower case.</param>
/// <param name="Name">What they are called.</param>
/// <param name="Role">What they do there, which decides what they may do here.</param>
/// <param name="CreatedAt">When they joined.</param>
/// <param name="DisabledAt">Since when they can't sign in; absent for whoever can.</param>
public sealed record Person(Id Id, string Email, string Name, string Role, DateTimeOffset CreatedAt, DateTimeOffset? DisabledAt = null);

/// <summary>A person just added, or whose sign-in was reset.</summary>
/// <param name="Person">The person.</param>
/// <param name="Password">Their first password, shown this once: it is stored hashed, and a replayed answer lacks it.</param>
public sealed record CreatedPerson(Person Person, string? Password);

/// <summary>The operator adds a person to a tenant.</summary>
internal static class CreatePerson
{
    public static void Map(RouteGroupBuilder people) => people.MapPost("/", HandleAsync)
        .Describe("People_Create", Scopes.TenantsWrite, "Add a person", "The operator adds someone who works for the tenant. The answer holds their first password, once: a replay under the same Idempotency-Key leaves it out.")
        .Returns<CreatedPerson>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, TenantProblems.EmailTaken)
        .On(Get.ReadAsync, TenantProblems.NotFound);

    private static async Task<Answer<CreatedPerson>> HandleAsync(Id id, NewPerson person, Work work, Secrets secrets, CancellationToken cancellation)
    {
        work.Require(TenantKind.Operator);
        var tenant = await Get.FindAsync(work, id, cancellation) ?? throw TenantProblems.NotFound.Refuse();
        var password = Secrets.New();
        var made = await Provisioning.CreatePersonAsync(work, tenant, person, password, secrets, cancellation);
        return Answer.Created($"/v1/tenants/{id}/people", new CreatedPerson(made, password)) with { Kept = new CreatedPerson(made, null) };
    }
}

/// <summary>The person to add.</summary>
/// <param name="Email">What they sign in with; unique in the service, without regard to case.</param>
/// <param name="Name">What they are called; 1 to 200 characters.</param>
/// <param name="Role">Bank: analyst, approver or admin. Agency: collector, supervisor or manager. Operator: operator.</param>
public sealed record NewPerson(string Email, string Name, string Role)
{
    private sealed class Rules : AbstractValidator<NewPerson>
    {
        public Rules()
        {
            RuleFor(p => p.Email).EmailAddress().MaximumLength(254);
            RuleFor(p => p.Name).NotEmpty().MaximumLength(200);
            RuleFor(p => p.Role).NotEmpty().MaximumLength(40);
        }
    }
}
