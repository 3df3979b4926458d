using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Teams;
using Agency.Api.Tenancy;

namespace Agency.Api.Tenants;

/// <summary>The operator lets a disabled person sign in again.</summary>
internal static class EnablePerson
{
    public static void Map(RouteGroupBuilder people) => people.MapPost("/{id}/enablement", HandleAsync)
        .Describe("People_Enable", Scopes.TenantsWrite, "Enable a person", "The person can sign in again, as before. What they were given before they were disabled stays worthless.")
        .Returns<Person>()
        .Refuses(HttpProblems.WrongTenantKind, TenantProblems.PersonIsEnabled)
        .On(Standing.FindPersonAsync, TeamProblems.PersonNotFound);

    private static async Task<Answer<Person>> HandleAsync(Id id, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Operator);
        var person = await Standing.FindPersonAsync(work, id, cancellation) ?? throw TeamProblems.PersonNotFound.Refuse();
        return person.DisabledAt is null
            ? throw TenantProblems.PersonIsEnabled.Refuse()
            : Answer.Ok(await Standing.SetAsync(work, person, null, cancellation));
    }
}
