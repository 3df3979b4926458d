using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Teams;
using Agency.Api.Tenancy;

namespace Agency.Api.Tenants;

/// <summary>The operator keeps a person out: they have left, or their account is in wrong hands.</summary>
internal static class DisablePerson
{
    public static void Map(RouteGroupBuilder people) => people.MapPost("/{id}/disablement", HandleAsync)
        .Describe("People_Disable", Scopes.TenantsWrite, "Disable a person",
            "The person can't sign in any more. Whatever they were given before is worthless at once; access tokens within 5 seconds. Nobody disables themselves.")
        .Returns<Person>()
        .Refuses(HttpProblems.WrongTenantKind, TenantProblems.PersonIsDisabled, TenantProblems.PersonIsCaller)
        .On(Standing.FindPersonAsync, TeamProblems.PersonNotFound);

    private static async Task<Answer<Person>> HandleAsync(Id id, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Operator);
        var person = await Standing.FindPersonAsync(work, id, cancellation) ?? throw TeamProblems.PersonNotFound.Refuse();
        if (person.DisabledAt is not null)
        {
            throw TenantProblems.PersonIsDisabled.Refuse();
        }

        if (person.Id == work.Caller.Person)
        {
            throw TenantProblems.PersonIsCaller.Refuse();
        }

        return Answer.Ok(await Standing.SetAsync(work, person, work.Now, cancellation));
    }
}
