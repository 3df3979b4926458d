using Agency.Sdk;

namespace Agency.Tests.Year;

/// <content>Who works a case: set, dealt out, dealt anew; teams and their members.</content>
internal sealed partial class YearPlayer
{
    private (string, int, Func<Task>)[] OfDesks =>
    [
        ("set collector", 12, SetCollectorAsync),
        ("set reference", 5, SetReferenceAsync),
        ("distribute", 7, DistributeAsync),
        ("replace members", 5, ReplaceMembersAsync),
        ("set even split", 4, SetSplitAsync),
    ];

    private IEnumerable<CaseModel> OfSwift => model.Cases.Where(c => c.Agency == world.Swift);

    private async Task SetCollectorAsync()
    {
        if (Pick(OfSwift, c => c.IsOpen) is { } c)
        {
            var person = Chance(80) ? Any(world.Swift.People) : null;
            var team = Chance(30) ? Any(world.Swift.Teams) : null;
            await BothAsync("set collector", model.SetCollector(c, person, team), () => world.Story.Swift.Cases.SetCollectorAsync(c.Id, ETag.Any, new CaseCollector { PersonId = person?.Id, TeamId = team?.Id }));
        }
    }

    private async Task SetReferenceAsync()
    {
        if (Pick(OfSwift, c => c.IsOpen) is { } c)
        {
            var reference = Chance(15) ? null : $"S-{random.Next(400)}";
            await BothAsync("set reference", model.SetReference(c, reference), () => world.Story.Swift.Cases.SetReferenceAsync(c.Id, ETag.Any, new CaseReference { AgencyReference = reference }));
        }
    }

    // Named cases over named people or a team's collectors, or all that lies on the desk of somebody who leaves.
    private async Task DistributeAsync()
    {
        var from = Chance(30) ? Any(world.Swift.People) : null;
        var cases = from is not null ? [.. OfSwift.Where(c => c.IsOpen && c.Collector == from)] : OfSwift.Where(c => c.IsOpen || Chance(1)).Where(_ => Chance(15)).Take(12).ToList();
        if (from is null && cases.Count == 0)
        {
            return;
        }

        var team = Chance(40) ? Any(world.Swift.Teams) : null;
        List<PersonModel> named = [.. world.Swift.People.Where(person => person != from && (Chance(8) || (person.Role == "collector" && Chance(60))))];
        if (team is null && named.Count == 0)
        {
            named.Add(world.Swift.People.First(person => person != from && person.Role == "collector"));
        }

        List<PersonModel> people = team is null ? named : [.. world.Swift.People.Where(person => person.Team == team && person.Role == "collector" && person != from).OrderBy(person => person.Id.ToString(), StringComparer.Ordinal)];
        var split = await BothAsync("distribute", model.Distribute(cases, people), () => world.Story.Swift.Cases.DistributeAsync(new CaseDistribution
        {
            CaseIds = from is null ? [.. cases.Select(c => c.Id)] : null,
            FromPersonId = from?.Id,
            ToPersonIds = team is null ? [.. named.Select(person => person.Id)] : null,
            TeamId = team?.Id,
        }));
        Assert.True(split is null || split.Items.Sum(item => item.Cases) == cases.Count, Place("distribute"));
    }

    private async Task ReplaceMembersAsync()
    {
        var team = Any(world.Swift.Teams);
        var people = world.Swift.People.Where(person => person.Team == team ? Chance(80) : person.Team is null ? Chance(60) && (person.WorksCases || Chance(10)) : Chance(3)).ToList();
        await BothAsync("replace members", model.ReplaceMembers(world.Swift, team, people), () => world.Story.Swift.Teams.ReplaceMembersAsync(team.Id, ETag.Any, new TeamMembers { PersonIds = [.. people.Select(person => person.Id)] }));
        await world.LearnAsync();
    }

    private async Task SetSplitAsync()
    {
        var (team, splits, isStale) = (Any(world.Swift.Teams), Chance(60), Chance(20));
        var expected = isStale ? "precondition.failed" : model.SetSplit(world.Swift, team, splits);
        await BothAsync("set even split", expected, () => world.Story.Swift.Teams.UpdateAsync(team.Id, new ETag(isStale ? "\"stale\"" : "*"), new TeamChange { SplitsEvenly = splits }));
        await world.LearnAsync();
    }
}
