using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Identity;
using Agency.Api.Teams;
using Agency.Api.Tenancy;

namespace Agency.Api.Tenants;

/// <summary>The operator helps a person who lost their password, or what gives them codes.</summary>
internal static class ResetSignIn
{
    public static void Map(RouteGroupBuilder people) => people.MapPost("/{id}/sign-in-reset", HandleAsync)
        .Describe("People_ResetSignIn", Scopes.TenantsWrite, "Reset a person's sign-in",
            "The person gets another first password, is not asked for codes until they add them anew, and is not locked out. Whatever they were given before is worthless. "
            + "The answer holds the password, once: a replay under the same Idempotency-Key leaves it out.")
        .Returns<CreatedPerson>()
        .Refuses(HttpProblems.WrongTenantKind)
        .On(Standing.FindPersonAsync, TeamProblems.PersonNotFound);

    private static async Task<Answer<CreatedPerson>> HandleAsync(Id id, Work work, Secrets secrets, CancellationToken cancellation)
    {
        work.Require(TenantKind.Operator);
        var person = await Standing.FindPersonAsync(work, id, cancellation) ?? throw TeamProblems.PersonNotFound.Refuse();
        var password = Secrets.New();
        await Standing.ResetAsync(work, person, password, secrets, cancellation);
        return Answer.Ok(new CreatedPerson(person, password)) with { Kept = new CreatedPerson(person, null) };
    }
}
