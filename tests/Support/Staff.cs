using Agency.Api.Identity;
using Agency.Api.Tenants;
using Agency.Sdk;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.Support;

/// <summary>An agency's people at their desks: without one a collector or a supervisor sees no case.</summary>
public static class Staff
{
    /// <summary>The side of a person who signed in.</summary>
    public static Side As(this TestService service, string email) => new(service.ForPerson(email));

    /// <summary>Another person of a tenant's, who can sign in like those that are there.</summary>
    public static async Task<Guid> HireAsync(this TestService service, string tenant, string email, string role)
    {
        var secrets = service.Services.GetRequiredService<Secrets>();
        var made = await OperatorDeeds.DoAsync(service.Services, async work =>
            await Provisioning.CreatePersonAsync(work, (await Provisioning.FindTenantAsync(work, tenant, CancellationToken.None))!, new Api.Tenants.NewPerson(email, email.Split('@')[0], role), TestDatabase.Password, secrets, CancellationToken.None));
        return made.Id.Value;
    }

    /// <summary>Someone of an agency's, by the role that the test database gave them.</summary>
    public static async Task<Guid> PersonAsync(this Side agency, string role) => (await agency.People.ListOwnPageAsync(1000)).Items.First(person => person.Role == role).Id;

    /// <summary>A team of these people.</summary>
    public static async Task<Team> TeamAsync(this Side agency, string name, bool splitsEvenly, params Guid[] people)
    {
        var team = await agency.Teams.CreateAsync(new NewTeam { Name = name, SplitsEvenly = splitsEvenly });
        return await agency.Teams.ReplaceMembersAsync(team.Id, ETag.Any, new TeamMembers { PersonIds = [.. people] });
    }

    /// <summary>The agency's collector and supervisor in one team, and all its open cases on the collector's desk.</summary>
    public static async Task<Team> StaffAsync(this Side agency)
    {
        var collector = await agency.PersonAsync("collector");
        var team = await agency.TeamAsync("First", false, collector, await agency.PersonAsync("supervisor"));
        foreach (var cases in (await agency.AllCasesAsync()).Chunk(1000))
        {
            await agency.Cases.DistributeAsync(new CaseDistribution { CaseIds = [.. cases.Select(@case => @case.Id)], ToPersonIds = [collector] });
        }

        return team;
    }
}
