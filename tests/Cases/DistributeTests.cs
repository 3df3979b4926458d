using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Cases;

public sealed class DistributeTests
{
    [Fact]
    public async Task Cases_named_are_dealt_out_evenly_in_the_order_they_were_made()
    {
        await using var story = await Story.AtCasesAsync(7);
        var (one, two, three) = await CollectorsAsync(story);
        var cases = await story.Swift.AllCasesAsync();

        var done = await story.Swift.Cases.DistributeAsync(new CaseDistribution { CaseIds = [.. cases.Select(@case => @case.Id).Reverse()], ToPersonIds = [three, one, two] });

        Assert.Equal([(three, 3), (one, 2), (two, 2)], done.Items.Select(item => (item.PersonId, item.Cases)));
        Assert.False(done.More);
        Assert.Equal([three, one, two, three, one, two, three], (await story.Swift.AllCasesAsync()).Select(@case => @case.CollectorId!.Value));
    }

    [Fact]
    public async Task An_assignment_s_cases_without_a_collector_go_to_a_team_s_and_those_of_who_leaves_to_the_others()
    {
        await using var story = await Story.AtCasesAsync(9);
        var (one, two, three) = await CollectorsAsync(story);
        var team = await story.Swift.TeamAsync("North", false, one, two, three, await story.Swift.PersonAsync("supervisor"));
        await story.Swift.Cases.SetCollectorAsync(story.Case.Id, ETag.Any, new CaseCollector { PersonId = three });

        var first = await story.Swift.Cases.DistributeAsync(new CaseDistribution { AssignmentId = story.Assignment.Id, TeamId = team.Id });
        Assert.Equal([3, 3, 2], first.Items.Select(item => item.Cases));
        Assert.All(await story.Swift.AllCasesAsync(), @case => Assert.Equal(team.Id, @case.TeamId));
        Assert.Equal(three, (await story.Swift.Cases.GetAsync(story.Case.Id)).CollectorId);

        // Everybody has three; those of the third go to the other two.
        var second = await story.Swift.Cases.DistributeAsync(new CaseDistribution { FromPersonId = three, TeamId = team.Id });
        Assert.Equal([(one, 2), (two, 1)], second.Items.Select(item => (item.PersonId, item.Cases)).OrderByDescending(item => item.Cases));
        Assert.DoesNotContain(await story.Swift.AllCasesAsync(), @case => @case.CollectorId == three);
    }

    [Fact]
    public async Task A_case_that_has_ended_stays_where_it_lay_though_the_agency_works_its_account_again()
    {
        await using var story = await Story.AtCasesAsync();
        var (one, two, _) = await CollectorsAsync(story);
        await story.Swift.Cases.SetCollectorAsync(story.Case.Id, ETag.Any, new CaseCollector { PersonId = one });
        await story.RecallAsync();
        var again = Assert.Single(await story.HandToAsync(story.Swift, story.Agreement));
        await story.Swift.Cases.SetCollectorAsync(again.Id, ETag.Any, new CaseCollector { PersonId = one });

        var done = await story.Swift.Cases.DistributeAsync(new CaseDistribution { FromPersonId = one, ToPersonIds = [two] });

        Assert.Equal([(two, 1)], done.Items.Select(item => (item.PersonId, item.Cases)));
        await story.RefusesAsync(404, "case.not_found", () => story.Swift.Cases.DistributeAsync(new CaseDistribution { CaseIds = [story.Case.Id], ToPersonIds = [one] }, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task A_supervisor_distributes_within_the_own_team()
    {
        await using var story = await Story.AtCasesAsync(4);
        var (one, two, three) = await CollectorsAsync(story);
        await story.Swift.TeamAsync("North", false, one, two, await story.Swift.PersonAsync("supervisor"));
        var south = await story.Swift.TeamAsync("South", false, three);
        var (mine, others) = (story.Cases["A-1"].Id, story.Cases["A-2"].Id);
        await story.Swift.Cases.SetCollectorAsync(mine, ETag.Any, new CaseCollector { PersonId = one });
        await story.Swift.Cases.SetCollectorAsync(others, ETag.Any, new CaseCollector { PersonId = three });
        var supervisor = story.Service.As("supervisor@swift.example");

        Assert.Equal(two, (await supervisor.Cases.SetCollectorAsync(mine, ETag.Any, new CaseCollector { PersonId = two })).CollectorId);
        await supervisor.Cases.DistributeAsync(new CaseDistribution { FromPersonId = two, ToPersonIds = [one] });
        Assert.Equal(one, (await story.Swift.Cases.GetAsync(mine)).CollectorId);
        Assert.Null((await supervisor.Cases.SetCollectorAsync(mine, ETag.Any, new CaseCollector())).CollectorId);

        await story.RefusesAsync(403, "team.not_own", () => supervisor.Cases.SetCollectorAsync(mine, ETag.Any, new CaseCollector { PersonId = three }));
        await story.RefusesAsync(403, "team.not_own", () => supervisor.Cases.SetCollectorAsync(mine, ETag.Any, new CaseCollector { TeamId = south.Id }));
        await story.RefusesAsync(403, "team.not_own", () => supervisor.Cases.DistributeAsync(new CaseDistribution { CaseIds = [mine], ToPersonIds = [one, three] }, CallOptions.WithKey("key")));
        await story.HidesAsync("case.not_found", others, id => supervisor.Cases.SetCollectorAsync(id, ETag.Any, new CaseCollector { PersonId = one }));
        await story.HidesAsync("case.not_found", others, id => supervisor.Cases.DistributeAsync(new CaseDistribution { CaseIds = [id], ToPersonIds = [one] }, CallOptions.WithKey("key")));

        // On the supervisor's own desk, but another team's: seen, and not theirs to give away.
        await story.Swift.Cases.SetCollectorAsync(others, ETag.Any, new CaseCollector { PersonId = await story.Swift.PersonAsync("supervisor") });
        await story.Swift.Teams.ReplaceMembersAsync(south.Id, ETag.Any, new TeamMembers { PersonIds = [] });
        Assert.Equal(others, (await supervisor.Cases.GetAsync(others)).Id);
    }

    [Fact]
    public async Task The_same_key_distributes_once_and_to_others_the_cases_do_not_exist()
    {
        await using var story = await Story.AtCasesAsync();
        var (one, two, _) = await CollectorsAsync(story);
        var foreign = await story.Lantern.PersonAsync("collector");

        await story.ActsOnceAsync(key => story.Swift.Cases.DistributeAsync(new CaseDistribution { AssignmentId = story.Assignment.Id, ToPersonIds = [one, two] }, CallOptions.WithKey(key)));
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Lantern.Cases.DistributeAsync(new CaseDistribution { CaseIds = [id], ToPersonIds = [foreign] }, CallOptions.WithKey("key")));
        await story.HidesAsync("assignment.not_found", story.Assignment.Id, id => story.Lantern.Cases.DistributeAsync(new CaseDistribution { AssignmentId = id, ToPersonIds = [foreign] }, CallOptions.WithKey("key")));
        await story.HidesAsync("person.not_found", foreign, id => story.Swift.Cases.DistributeAsync(new CaseDistribution { CaseIds = [story.Case.Id], ToPersonIds = [id] }, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task Half_a_distribution_is_none()
    {
        await using var story = await Story.AtCasesAsync();
        var (one, two, _) = await CollectorsAsync(story);
        await story.RecallAsync();
        List<Guid> both = [story.Cases["A-2"].Id, story.Case.Id];
        var empty = await story.Swift.TeamAsync("Empty", false, await story.Swift.PersonAsync("supervisor"));

        var refusal = await story.RefusesAsync(404, "case.not_found", () => story.Swift.Cases.DistributeAsync(new CaseDistribution { CaseIds = both, ToPersonIds = [one] }, CallOptions.WithKey("key")));
        Assert.Equal("/caseIds/1", Assert.Single(refusal.Errors!).Pointer);
        await story.RefusesAsync(409, "team.has_no_collector", () => story.Swift.Cases.DistributeAsync(new CaseDistribution { CaseIds = [both[0]], TeamId = empty.Id }, CallOptions.WithKey("key")));
        foreach (var wrong in new CaseDistribution[]
        {
            new() { ToPersonIds = [one] }, new() { CaseIds = [both[0]] }, new() { CaseIds = [], ToPersonIds = [one] }, new() { CaseIds = [both[0], both[0]], ToPersonIds = [one] },
            new() { CaseIds = [both[0]], AssignmentId = story.Assignment.Id, ToPersonIds = [one] }, new() { CaseIds = [both[0]], ToPersonIds = [one], TeamId = empty.Id },
            new() { CaseIds = [both[0]], ToPersonIds = [] }, new() { CaseIds = [both[0]], ToPersonIds = [one, one] }, new() { FromPersonId = two, ToPersonIds = [one, two] },
        })
        {
            await story.RefusesAsync(422, "request.invalid", () => story.Swift.Cases.DistributeAsync(wrong, CallOptions.WithKey("key")));
        }
    }

    private static async Task<(Guid One, Guid Two, Guid Three)> CollectorsAsync(Story story) => (
        await story.Swift.PersonAsync("collector"),
        await story.Service.HireAsync("swift", "two@swift.example", "collector"),
        await story.Service.HireAsync("swift", "three@swift.example", "collector"));
}
