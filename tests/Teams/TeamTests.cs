using Agency.Sdk;
using Agency.Tests.Http;
using Agency.Tests.Support;

namespace Agency.Tests.Teams;

public sealed class TeamTests
{
    private static readonly NewTeam New = new() { Name = "North", SplitsEvenly = true };

    [Fact]
    public async Task A_team_is_made_changed_and_read_by_its_leads()
    {
        await using var story = await Story.AtTenantsAsync();
        var manager = story.Service.As("manager@swift.example");

        var made = await manager.Teams.CreateAsync(New);
        Assert.Equal(("North", true, 0, TestDatabase.Start), (made.Name, made.SplitsEvenly, made.Members.Count, made.CreatedAt));

        story.Service.Clock.Advance(TimeSpan.FromMinutes(1));
        var changed = await manager.Teams.UpdateAsync(made.Id, ETag.Any, new TeamChange { SplitsEvenly = false });
        Assert.Equal(("North", false, TestDatabase.Start.AddMinutes(1)), (changed.Name, changed.SplitsEvenly, changed.ChangedAt));
        Assert.Equal("South", (await manager.Teams.UpdateAsync(made.Id, ETag.Any, new TeamChange { Name = "South" })).Name);

        var supervisor = story.Service.As("supervisor@swift.example");
        Assert.EquivalentWithExclusions(await supervisor.Teams.GetAsync(made.Id), Assert.Single((await supervisor.Teams.ListPageAsync()).Items), strict: true, "RawAnswer", "ETag");
        Assert.Empty((await story.Lantern.Teams.ListPageAsync()).Items);
    }

    [Fact]
    public async Task Members_are_replaced_and_everybody_s_team_is_told()
    {
        await using var story = await Story.AtTenantsAsync();
        var (collector, supervisor) = (await story.Swift.PersonAsync("collector"), await story.Swift.PersonAsync("supervisor"));
        var team = await story.Swift.TeamAsync("North", false, collector, supervisor);

        Assert.Equal([(collector, "collector"), (supervisor, "supervisor")], team.Members.Select(member => (member.PersonId, member.Role)).OrderBy(member => member.Role));
        var people = (await story.Service.As("supervisor@swift.example").People.ListOwnPageAsync()).Items;
        Assert.Equal([("collector", team.Id), ("manager", null), ("supervisor", team.Id)], people.Select(person => (person.Role, person.TeamId)).OrderBy(person => person.Role, StringComparer.Ordinal));
        Assert.All(people, person => Assert.StartsWith("Swift Collections ", person.Name, StringComparison.Ordinal));

        var fewer = await story.Swift.Teams.ReplaceMembersAsync(team.Id, ETag.Any, new TeamMembers { PersonIds = [supervisor] });
        Assert.Equal(supervisor, Assert.Single(fewer.Members).PersonId);
        var second = await story.Swift.TeamAsync("South", false, collector);
        Assert.Equal(collector, Assert.Single(second.Members).PersonId);
    }

    [Fact]
    public async Task To_another_agency_neither_the_team_nor_its_people_exist()
    {
        await using var story = await Story.AtTenantsAsync();
        var team = await story.Swift.TeamAsync("North", false, await story.Swift.PersonAsync("collector"));
        var foreign = await story.Swift.PersonAsync("supervisor");

        await story.HidesAsync("team.not_found", team.Id, id => story.Lantern.Teams.GetAsync(id));
        await story.HidesAsync("team.not_found", team.Id, id => story.Lantern.Teams.UpdateAsync(id, ETag.Any, new TeamChange { Name = "Ours" }, CallOptions.WithKey("key")));
        await story.HidesAsync("team.not_found", team.Id, id => story.Lantern.Teams.ReplaceMembersAsync(id, ETag.Any, new TeamMembers { PersonIds = [] }));
        Assert.DoesNotContain((await story.Lantern.People.ListOwnPageAsync(1000)).Items, person => person.Id == foreign);

        var own = await story.Lantern.TeamAsync("Own", false);
        await story.HidesAsync("person.not_found", foreign, id => story.Lantern.Teams.ReplaceMembersAsync(own.Id, ETag.Any, new TeamMembers { PersonIds = [id] }));
        var analyst = Guid.ParseExact(story.Service.Database.Scalar("SELECT LOWER(HEX(id)) FROM auth_person WHERE email = 'analyst@harbour.example'")!, "N");
        await story.HidesAsync("person.not_found", analyst, id => story.Lantern.Teams.ReplaceMembersAsync(own.Id, ETag.Any, new TeamMembers { PersonIds = [id] }));
    }

    [Fact]
    public async Task The_same_key_makes_one_team_and_changes_it_once()
    {
        await using var story = await Story.AtTenantsAsync();

        var team = await story.ActsOnceAsync(key => story.Swift.Teams.CreateAsync(New, CallOptions.WithKey(key)));
        story.Service.Clock.Advance(TimeSpan.FromMinutes(1));
        await story.ActsOnceAsync(key => story.Swift.Teams.UpdateAsync(team.Id, ETag.Any, new TeamChange { Name = "South" }, CallOptions.WithKey(key)));
    }

    [Fact]
    public async Task A_person_is_in_one_team_at_most_and_managers_in_none()
    {
        await using var story = await Story.AtTenantsAsync();
        var (collector, supervisor) = (await story.Swift.PersonAsync("collector"), await story.Swift.PersonAsync("supervisor"));
        await story.Swift.TeamAsync("North", false, collector);
        var south = await story.Swift.TeamAsync("South", false);

        // The one who could be added is not, either.
        var refusal = await story.RefusesAsync(409, "team.member_elsewhere", () => PutAsync(supervisor, collector));
        Assert.Contains(collector.ToString(), Assert.Single(refusal.Errors!).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("North", System.Text.Json.JsonSerializer.Serialize(refusal), StringComparison.Ordinal);
        var manager = await story.Swift.PersonAsync("manager");
        await story.RefusesAsync(409, "team.member_role", () => PutAsync(manager));
        await story.RefusesAsync(422, "request.invalid", () => PutAsync(supervisor, supervisor));
        await story.RefusesAsync(422, "request.invalid", () => story.Swift.Teams.CreateAsync(new NewTeam { Name = "" }, CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Service.As("supervisor@swift.example").Teams.CreateAsync(New, CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Harbour.Teams.CreateAsync(New, CallOptions.WithKey("key")));

        Task PutAsync(params Guid[] people) => story.Swift.Teams.ReplaceMembersAsync(south.Id, ETag.Any, new TeamMembers { PersonIds = [.. people] });
    }

    [Fact]
    public async Task A_change_names_the_team_as_it_was_read()
    {
        await using var story = await Story.AtTenantsAsync();
        var team = await story.Swift.TeamAsync("North", false);
        var stale = (await story.Swift.Teams.GetAsync(team.Id)).ETag!.Value;

        // Raw, since the SDK sends no change without a tag.
        (await story.Swift.Http.CallAsync("PUT", $"/v1/teams/{team.Id}/members", """{"personIds":[]}""")).IsProblem(428, "precondition.required");
        story.Service.Clock.Advance(TimeSpan.FromMinutes(1));
        var member = await story.Swift.PersonAsync("collector");
        await story.Swift.Teams.ReplaceMembersAsync(team.Id, stale, new TeamMembers { PersonIds = [member] });

        await story.RefusesAsync(412, "precondition.failed", () => story.Swift.Teams.ReplaceMembersAsync(team.Id, stale, new TeamMembers { PersonIds = [] }));
        await story.RefusesAsync(412, "precondition.failed", () => story.Swift.Teams.UpdateAsync(team.Id, stale, new TeamChange { Name = "South" }));
    }
}
