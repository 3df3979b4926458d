using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Cases;

public sealed class SetCollectorTests
{
    [Fact]
    public async Task A_case_lies_on_the_desk_of_a_collector_and_their_team_and_both_sides_see_it()
    {
        await using var story = await Story.AtCasesAsync();
        var collector = await story.Swift.PersonAsync("collector");
        var team = await story.Swift.TeamAsync("North", false, collector);

        var put = await story.Swift.Cases.SetCollectorAsync(story.Case.Id, ETag.Any, new CaseCollector { PersonId = collector });

        Assert.Equal((collector, team.Id), (put.CollectorId, put.TeamId));
        Assert.EquivalentWithExclusions(put, await story.Swift.Cases.GetAsync(story.Case.Id), strict: true, "RawAnswer", "ETag");
        Assert.Equal((collector, team.Id), ((await story.Harbour.Cases.GetAsync(story.Case.Id)).CollectorId, put.TeamId));
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_event WHERE type = 'case.distributed' AND agency_id IS NOT NULL AND account_id IS NOT NULL"));

        var off = await story.Swift.Cases.SetCollectorAsync(story.Case.Id, ETag.Any, new CaseCollector());
        Assert.Equal((null, team.Id), (off.CollectorId, off.TeamId));
        var other = await story.Swift.TeamAsync("South", false);
        var given = await story.Swift.Cases.SetCollectorAsync(story.Case.Id, ETag.Any, new CaseCollector { TeamId = other.Id });
        Assert.Equal((null, other.Id), (given.CollectorId, given.TeamId));
    }

    [Fact]
    public async Task What_lies_there_already_is_not_written_again()
    {
        await using var story = await Story.AtCasesAsync();
        var collector = await story.Swift.PersonAsync("collector");
        await story.Swift.Cases.SetCollectorAsync(story.Case.Id, ETag.Any, new CaseCollector { PersonId = collector });
        var before = StoredRows.Digest(story.Service.Database);

        await story.Swift.Cases.SetCollectorAsync(story.Case.Id, ETag.Any, new CaseCollector { PersonId = collector });

        Assert.Equal(before, StoredRows.Digest(story.Service.Database));
    }

    [Fact]
    public async Task The_agency_s_own_number_is_shown_to_both_sides_and_outlives_a_new_desk()
    {
        await using var story = await Story.AtCasesAsync();
        var id = story.Case.Id;

        Assert.Equal("S-77", (await story.Swift.Cases.SetReferenceAsync(id, ETag.Any, new CaseReference { AgencyReference = "S-77" })).AgencyReference);
        await story.Swift.Cases.SetCollectorAsync(id, ETag.Any, new CaseCollector { PersonId = await story.Swift.PersonAsync("collector") });

        Assert.Equal("S-77", (await story.Harbour.Cases.GetAsync(id)).AgencyReference);
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_event WHERE type = 'case.reference_set'"));
        Assert.Null((await story.Swift.Cases.SetReferenceAsync(id, ETag.Any, new CaseReference())).AgencyReference);
        await story.RefusesAsync(422, "request.invalid", () => story.Swift.Cases.SetReferenceAsync(id, ETag.Any, new CaseReference { AgencyReference = new string('x', 65) }));
    }

    [Fact]
    public async Task To_others_the_case_does_not_exist()
    {
        await using var story = await Story.AtCasesAsync();
        var person = await story.Lantern.PersonAsync("collector");

        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Lantern.Cases.SetCollectorAsync(id, ETag.Any, new CaseCollector { PersonId = person }));
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Lantern.Cases.SetReferenceAsync(id, ETag.Any, new CaseReference { AgencyReference = "L-1" }));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Harbour.Cases.SetCollectorAsync(story.Case.Id, ETag.Any, new CaseCollector()));

        await story.RecallAsync();
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Swift.Cases.SetCollectorAsync(id, ETag.Any, new CaseCollector()));
    }

    [Fact]
    public async Task A_desk_that_is_not_there_is_refused()
    {
        await using var story = await Story.AtCasesAsync();
        var (collector, manager, foreign) = (await story.Swift.PersonAsync("collector"), await story.Swift.PersonAsync("manager"), await story.Lantern.PersonAsync("collector"));
        var (mine, others) = (await story.Swift.TeamAsync("North", false, collector), await story.Swift.TeamAsync("South", false));
        var theirs = await story.Lantern.TeamAsync("Theirs", false);

        await story.HidesAsync("person.not_found", foreign, id => PutAsync(id));
        await story.HidesAsync("team.not_found", theirs.Id, id => PutAsync(null, id));
        await story.HidesAsync("team.not_found", theirs.Id, id => PutAsync(collector, id));
        await story.RefusesAsync(409, "person.has_no_desk", () => PutAsync(manager));
        await story.RefusesAsync(409, "person.not_in_team", () => PutAsync(collector, others.Id));
        Assert.Equal(mine.Id, (await PutAsync(collector, mine.Id)).TeamId);

        Task<Case> PutAsync(Guid? person, Guid? team = null) => story.Swift.Cases.SetCollectorAsync(story.Case.Id, ETag.Any, new CaseCollector { PersonId = person, TeamId = team });
    }
}
