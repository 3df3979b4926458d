namespace Agency.Tests.Year;

/// <content>Whose desk a case lies on, and who of an agency therefore sees it.</content>
internal sealed partial class YearModel
{
    /// <summary>Cases that were dealt out by themselves; which collector got which, the service says, and it must be fair.</summary>
    public List<CaseModel> DealtOut { get; } = [];

    public string? SetCollector(CaseModel c, PersonModel? person, TeamModel? team)
    {
        if (c.Ended is not null)
        {
            return "case.not_found";
        }

        if (person is { WorksCases: false })
        {
            return "person.has_no_desk";
        }

        if (person is not null && team is not null && person.Team != team)
        {
            return "person.not_in_team";
        }

        Place(c, person, person is null ? team ?? c.Team : person.Team);
        return null;
    }

    /// <summary>Deals cases out one by one, in the order they were made, beginning with the first collector.</summary>
    public string? Distribute(IReadOnlyList<CaseModel> cases, IReadOnlyList<PersonModel> people)
    {
        if (people.Any(person => !person.WorksCases))
        {
            return "person.has_no_desk";
        }

        if (people.Count == 0)
        {
            return "team.has_no_collector";
        }

        if (cases.Any(c => !c.IsOpen))
        {
            return "case.not_found";
        }

        foreach (var (index, c) in cases.OrderBy(c => c.Id.ToString(), StringComparer.Ordinal).Index())
        {
            var person = people[index % people.Count];
            Place(c, person, person.Team);
        }

        return null;
    }

    public string? SetReference(CaseModel c, string? reference)
    {
        if (c.Ended is not null)
        {
            return "case.not_found";
        }

        if (reference != c.Reference)
        {
            (c.Reference, c.Touched) = (reference, true);
            TellOf("case.reference_set", c);
        }

        return null;
    }

    /// <summary>Says who is in a team. Cases stay where they are.</summary>
    public string? ReplaceMembers(AgencyModel agency, TeamModel team, IReadOnlyList<PersonModel> people)
    {
        if (people.FirstOrDefault(person => person.Team != team && (!person.WorksCases || person.Team is not null)) is { } unfit)
        {
            return unfit.WorksCases ? "team.member_elsewhere" : "team.member_role";
        }

        agency.People.Where(person => person.Team == team).ToList().ForEach(person => person.Team = null);
        people.ToList().ForEach(person => person.Team = team);
        DealOut(agency);
        return null;
    }

    public string? SetSplit(AgencyModel agency, TeamModel team, bool splitsEvenly)
    {
        team.SplitsEvenly = splitsEvenly;
        DealOut(agency);
        return null;
    }

    private void Place(CaseModel c, PersonModel? person, TeamModel? team)
    {
        if (!c.Touched || c.Collector != person || c.Team != team)
        {
            (c.Collector, c.Team, c.Touched) = (person, team, true);
            TellOf("case.distributed", c);
        }
    }

    private void DealOut(AgencyModel agency)
    {
        if (!agency.People.Exists(person => person.IsDealtTo))
        {
            return;
        }

        foreach (var c in Cases.Where(c => c.IsOpen && c.Agency == agency && !c.Touched))
        {
            c.Touched = true;
            DealtOut.Add(c);
            TellOf("case.distributed", c);
        }
    }
}

/// <summary>A team of an agency.</summary>
internal sealed class TeamModel(string name) : Thing
{
    public string Name { get; } = name;

    public bool SplitsEvenly { get; set; }
}

/// <summary>Someone who works for an agency.</summary>
internal sealed class PersonModel(string email, string role) : Thing
{
    public string Email { get; } = email;

    public string Role { get; } = role;

    public TeamModel? Team { get; set; }

    public bool WorksCases => Role is "collector" or "supervisor";

    public bool IsDealtTo => Role == "collector" && Team is { SplitsEvenly: true };

    /// <summary>A collector sees what lies on the own desk, a supervisor the team's too, a manager all.</summary>
    public bool Sees(CaseModel c) => Role == "manager" || c.Collector == this || (Role == "supervisor" && Team is not null && c.Team == Team);
}
