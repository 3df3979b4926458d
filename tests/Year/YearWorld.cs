using System.Globalization;
using System.Text;
using Agency.Sdk;
using Agency.Tests.Support;
using Agency.Tests.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.Year;

/// <summary>Where the year is played: a bank, two agencies and their people, 200 accounts, and a receiver of webhooks a side.</summary>
internal sealed class YearWorld : IAsyncDisposable
{
    public const int Accounts = 200;

    private readonly List<Receiver> receivers = [];

    private YearWorld(Story story) => Story = story;

    public Story Story { get; }

    public YearModel Model { get; } = new();

    public AgencyModel Swift { get; } = new("swift");

    public AgencyModel Lantern { get; } = new("lantern");

    public Portfolio Portfolio { get; private set; } = null!;

    /// <summary>What each side has been told, and by whom it followed along.</summary>
    public List<YearFollower> Followers { get; } = [];

    public Side Bank => Story.Harbour;

    public Side SideOf(AgencyModel agency) => agency == Swift ? Story.Swift : Story.Lantern;

    public static async Task<YearWorld> MakeAsync()
    {
        var world = new YearWorld(await Story.AtTenantsAsync(builder =>
        {
            builder.Configuration["Webhooks:AllowHttp"] = "true";
            builder.Configuration["Webhooks:AllowedNetworks:0"] = "127.0.0.0/8";
            builder.Configuration["Webhooks:Background"] = "false";
        }));
        world.ClockAt(world.Story.Service.Clock.GetUtcNow());
        world.Model.Agencies.AddRange([world.Swift, world.Lantern]);
        await world.FollowAsync(null);
        await world.FollowAsync(world.Swift);
        await world.FollowAsync(world.Lantern);
        await world.MandateAsync(world.Swift, new TermsModel(RulePackCode.Cn, 5, 7, true, null));
        await world.MandateAsync(world.Lantern, new TermsModel(RulePackCode.Us, 3, 4, false, null));
        await world.ImportAsync();
        await world.StaffAsync();
        return world;
    }

    /// <summary>Sets the time, of service and model alike. No timer is woken: what the calendar brings about is asked for.</summary>
    public void ClockAt(DateTimeOffset at)
    {
        Story.Service.Clock.AdjustTime(at);
        Model.Now = at;
    }

    /// <summary>The next day, at one in the afternoon in London: the same day from Honolulu to Auckland, and an hour to call in Shanghai and in New York.</summary>
    public async Task NextDayAsync()
    {
        ClockAt(new DateTimeOffset(Model.Today.AddDays(1).ToDateTime(new TimeOnly(13, 0)), TimeSpan.Zero));
        await Story.Service.Services.GetRequiredService<Agency.Api.Assignments.AssignmentSteps>().SweepAsync(CancellationToken.None);
        await Story.Service.Services.GetRequiredService<Agency.Api.Cases.DueCases>().SweepAsync(CancellationToken.None);
        await Story.Service.Services.GetRequiredService<Agency.Api.Promises.DuePromises>().SweepAsync(CancellationToken.None);
        await Story.Service.Services.GetRequiredService<Agency.Api.RepaymentPlans.DuePlans>().SweepAsync(CancellationToken.None);
        Model.DayBegins();
        await LearnAsync();
    }

    /// <summary>Learns the ids of cases that were made, and on whose desks cases were dealt: any that is fair will do.</summary>
    public async Task LearnAsync()
    {
        foreach (var assignment in Model.Assignments.Where(assignment => assignment.Cases.Exists(c => c.Id == default)))
        {
            var made = (await Bank.AllCasesAsync(assignment.Id)).ToDictionary(c => c.Account.AccountNumber, StringComparer.Ordinal);
            Assert.Equal(assignment.Cases.Select(c => c.Account.Number).Order(StringComparer.Ordinal), made.Keys.Order(StringComparer.Ordinal));
            foreach (var c in assignment.Cases)
            {
                c.Id = made[c.Account.Number].Id;
                await LearnPointsAsync(c);
            }
        }

        foreach (var dealt in Model.DealtOut.GroupBy(c => c.Assignment))
        {
            await LearnDesksAsync(dealt.Key, [.. dealt]);
        }

        Model.DealtOut.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await Story.DisposeAsync();
        foreach (var receiver in receivers)
        {
            await receiver.DisposeAsync();
        }
    }

    private async Task LearnPointsAsync(CaseModel c)
    {
        foreach (var point in c.Account.Debtor.Points.Where(point => point.Id == default))
        {
            point.Id = Assert.Single((await Bank.ContactPoints.ListAsync(c.Id)).Items, found => found.Kind == point.Kind).Id;
        }
    }

    private async Task LearnDesksAsync(AssignmentModel assignment, List<CaseModel> dealt)
    {
        var collectors = assignment.Agency.People.Where(person => person.IsDealtTo).ToList();
        var real = (await Bank.AllCasesAsync(assignment.Id)).ToDictionary(c => c.Id);
        foreach (var c in dealt)
        {
            c.Collector = Assert.Single(collectors, person => person.Id == real[c.Id].CollectorId);
            c.Team = c.Collector.Team;
        }

        var counts = collectors.Select(person => dealt.Count(c => c.Collector == person)).ToList();
        Assert.True(counts.Max() - counts.Min() <= 1, $"Of {dealt.Count} cases the collectors got {string.Join(", ", counts)}.");
    }

    private async Task FollowAsync(AgencyModel? agency)
    {
        var receiver = await Receiver.StartAsync();
        receivers.Add(receiver);
        var side = agency is null ? Bank : SideOf(agency);
        await side.Webhooks.CreateAsync(new NewWebhookSubscription { Url = receiver.Url, Types = ["*"] });
        Followers.Add(new YearFollower(this, agency, side, receiver));
    }

    private async Task MandateAsync(AgencyModel agency, TermsModel terms)
    {
        var made = await Bank.Agreements.CreateAsync(new NewAgreement
        {
            AgencyId = await Bank.AgencyIdAsync(agency.Code),
            Title = $"Mandate of {agency.Code}",
            ValidFrom = new DateOnly(2020, 1, 1),
            ValidTo = terms.ValidTo,
            Terms = YearPlayer.Written(terms),
        });
        agency.Agreement = new AgreementModel(agency, terms) { Id = made.Id };
        Model.Told.Add(new ToldModel("agreement.created", agency.Agreement, agency, null, null, Model.Now));
    }

    // Every fifth account is the second of a debtor; every fourth debtor lives in New York.
    private async Task ImportAsync()
    {
        var csv = new StringBuilder("account_number,debtor_reference,debtor_name,time_zone,phone,email,city,product,principal,interest,fees,oldest_due_date\n");
        for (var i = 1; i <= Accounts; i++)
        {
            var of = i % 5 == 0 ? i - 1 : i;
            var debtor = i % 5 == 0 ? Model.Accounts[^1].Debtor : new DebtorModel($"D-{of}", of % 4 == 3 ? "America/New_York" : "Asia/Shanghai");
            var account = new AccountModel(
                $"A-{i}", debtor, i % 3 == 0 ? "loan" : "card", i % 7 < 3 ? "Hangzhou" : "Suzhou", Story.Today.AddDays(-7 * (i % 40)), (100 * (i % 6), 1000 * (i % 4), 20_000 + (1500 * i)));
            debtor.Accounts.Add(account);
            if (of == i)
            {
                debtor.Points.Add(new PointModel(debtor, ContactPointKind.Phone, $"+861380000{i:0000}", Party.Debtor, Consent.Unknown, null, null));
                debtor.Points.Add(new PointModel(debtor, ContactPointKind.Email, $"debtor{i}@example.test", Party.Debtor, Consent.Unknown, null, null));
            }

            Model.Accounts.Add(account);
            csv.Append(CultureInfo.InvariantCulture, $"A-{i},D-{of},Example Debtor {of},{debtor.Zone.Id},+861380000{of:0000},debtor{of}@example.test,{account.City},{account.Product},");
            csv.Append(CultureInfo.InvariantCulture, $"{account.Owed.Principal},{account.Owed.Interest},{account.Owed.Fees},{account.OldestDueDate:yyyy-MM-dd}\n");
        }

        Portfolio = await Bank.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards and loans", Currency = "CNY" });
        Assert.Equal(Accounts, (await Bank.ImportAsync(Portfolio.Id, csv.ToString(), Story.Today)).RowsAccepted);
        var numbers = (await Bank.AllAccountsAsync()).ToDictionary(account => account.AccountNumber, account => account.Id, StringComparer.Ordinal);
        Model.Accounts.ForEach(account => account.Id = numbers[account.Number]);
    }

    // Two teams at swift, one of which splits new cases evenly; at lantern nobody sits at a desk.
    private async Task StaffAsync()
    {
        foreach (var (name, role) in new[] { ("collector", "collector"), ("supervisor", "supervisor"), ("manager", "manager"), ("two", "collector"), ("three", "collector"), ("lead", "supervisor") })
        {
            var person = new PersonModel($"{name}@swift.example", role);
            person.Id = name == role ? await Story.Swift.PersonAsync(role) : await Story.Service.HireAsync("swift", person.Email, role);
            Swift.People.Add(person);
        }

        foreach (var (name, splits, people) in new[] { ("North", false, new[] { 0, 1 }), ("South", true, new[] { 3, 4, 5 }) })
        {
            var members = people.Select(index => Swift.People[index]).ToList();
            var team = new TeamModel(name) { SplitsEvenly = splits, Id = (await Story.Swift.TeamAsync(name, splits, [.. members.Select(person => person.Id)])).Id };
            Swift.Teams.Add(team);
            members.ForEach(person => person.Team = team);
        }
    }
}
