using Agency.Sdk;
using Agency.Tests.Http;
using Agency.Tests.Support;

namespace Agency.Tests.Agreements;

public sealed class ChangeTests
{
    [Fact]
    public async Task A_change_makes_a_version_and_both_sides_read_the_latest_and_every_one()
    {
        await using var story = await Story.AtTenantsAsync();
        var first = await story.Harbour.MandateAsync("swift");
        story.Service.Clock.Advance(TimeSpan.FromHours(1));

        var changed = await story.Harbour.Agreements.ChangeAsync(first.Id, ETag.Any, Change(c => c.Terms.NoticeDays = 9));

        Assert.Equal((2, "Mandate anew", 9, 7), (changed.Version, changed.Title, changed.Terms.NoticeDays, changed.Terms.LateReportDays));
        Assert.Equal((first.CreatedAt, first.CreatedAt.AddHours(1)), (changed.CreatedAt, changed.ChangedAt));
        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.EquivalentWithExclusions(changed, await side.Agreements.GetAsync(first.Id), strict: true, "RawAnswer", "ETag");
            Assert.EquivalentWithExclusions(changed, Assert.Single((await side.Agreements.ListPageAsync()).Items), strict: true, "RawAnswer", "ETag");
            var versions = await side.Agreements.ListVersionsAsync(first.Id, pageSize: 1).ToListAsync();
            Assert.Equal([(1, "Mandate of swift", 5), (2, "Mandate anew", 9)], versions.Select(v => (v.Version, v.Title, v.Terms.NoticeDays)));
            Assert.EquivalentWithExclusions(changed.Terms, versions[1].Terms, strict: true, "RawAnswer", "ETag");
        }

        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_event WHERE type = 'agreement.changed' AND agency_id IS NOT NULL"));
    }

    [Fact]
    public async Task Nothing_changed_makes_no_version()
    {
        await using var story = await Story.AtTenantsAsync();
        var made = await story.Harbour.MandateAsync("swift");
        var same = new AgreementChange { Title = made.Title, ValidFrom = made.ValidFrom, Terms = new NewAgreementTerms { NoticeDays = 5, RulePack = RulePackCode.Cn } };
        var before = StoredRows.Digest(story.Service.Database);

        var answer = await story.Harbour.Agreements.ChangeAsync(made.Id, ETag.Any, same);

        Assert.EquivalentWithExclusions(made, answer, strict: true, "RawAnswer", "ETag");
        Assert.Equal(before, StoredRows.Digest(story.Service.Database));
    }

    [Fact]
    public async Task A_term_left_out_goes_back_to_its_default()
    {
        await using var story = await Story.AtTenantsAsync();
        var made = await story.Harbour.MandateAsync("swift");
        await story.Harbour.Agreements.ChangeAsync(made.Id, ETag.Any, Change(c => c.Terms.NoticeDays = 9));

        var changed = await story.Harbour.Agreements.ChangeAsync(made.Id, ETag.Any, Change(c => c.Terms.LateReportDays = 30));

        Assert.Equal((3, 5, 30), (changed.Version, changed.Terms.NoticeDays, changed.Terms.LateReportDays));
    }

    [Fact]
    public async Task Assignments_that_run_keep_the_version_they_were_submitted_under()
    {
        await using var story = await Story.AtCasesAsync();
        await story.Harbour.Agreements.ChangeAsync(story.Agreement.Id, ETag.Any, Change(c => c.Terms.LateReportDays = 30));

        // How long the agency may report late is told by the terms that its case ran under.
        await story.RecallAsync();
        Assert.Equal("2026-03-09 02:00:00.000", LateUntil(story.Case.Id));
        var later = Assert.Single(await story.HandToAsync(story.Swift, story.Agreement));
        await story.RecallAsync(later);
        Assert.Equal("2026-04-01 02:00:00.000", LateUntil(later.Id));

        string? LateUntil(Guid @case) => story.Service.Database.Scalar($"SELECT late_until FROM base_case WHERE id = x'{@case:N}'");
    }

    [Fact]
    public async Task An_agreement_whose_latest_version_has_run_out_takes_no_assignments_and_a_longer_one_does()
    {
        await using var story = await Story.AtAccountsAsync();
        await story.Harbour.Agreements.ChangeAsync(story.Agreement.Id, ETag.Any, Change(c => c.ValidTo = story.Today.AddDays(-1)));
        await story.RefusesAsync(409, "agreement.not_in_force", () => story.Harbour.Assignments.CreateAsync(story.WholePortfolio(), CallOptions.WithKey("key")));

        await story.Harbour.Agreements.ChangeAsync(story.Agreement.Id, ETag.Any, Change(c => c.ValidTo = story.Today.AddYears(1)));
        var assignment = await story.Harbour.Assignments.CreateAsync(story.WholePortfolio());

        Assert.Equal("3", story.Service.Database.Scalar($"SELECT agreement_version FROM base_assignment WHERE id = x'{assignment.Id:N}'"));
    }

    [Fact]
    public async Task Only_what_was_read_last_can_be_changed()
    {
        await using var story = await Story.AtTenantsAsync();
        var made = await story.Harbour.MandateAsync("swift");
        var tag = (await story.Harbour.Agreements.GetAsync(made.Id)).ETag!.Value;

        // Raw, since the SDK sends no change without a tag.
        (await story.Harbour.Http.CallAsync("PUT", $"/v1/agreements/{made.Id}", """{"title":"Anew","validFrom":"2020-01-01","terms":{}}""")).IsProblem(428, "precondition.required");
        await story.RefusesAsync(412, "precondition.failed", () => story.Harbour.Agreements.ChangeAsync(made.Id, new ETag("\"stale\""), Change()));
        await story.Harbour.Agreements.ChangeAsync(made.Id, tag, Change());
        await story.RefusesAsync(412, "precondition.failed", () => story.Harbour.Agreements.ChangeAsync(made.Id, tag, Change()));
    }

    [Fact]
    public async Task Ten_changes_at_once_to_what_all_read_make_one_version()
    {
        await using var story = await Story.AtTenantsAsync();
        var made = await story.Harbour.MandateAsync("swift");
        var tag = (await story.Harbour.Agreements.GetAsync(made.Id)).ETag!.Value;

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(n =>
            Record.ExceptionAsync(() => story.Harbour.Agreements.ChangeAsync(made.Id, tag, Change(change => change.Title = $"Anew {n}"))).AsTask()));

        Assert.Single(answers, answer => answer is null);
        Assert.All(answers.OfType<Exception>(), answer => Assert.Equal("precondition.failed", Assert.IsType<AgencyPreconditionException>(answer).Code));
        Assert.Equal(2, (await story.Harbour.Agreements.GetAsync(made.Id)).Version);
    }

    [Fact]
    public async Task To_others_it_does_not_exist_and_only_the_banks_admin_changes_it()
    {
        await using var story = await Story.AtTenantsAsync();
        var made = await story.Harbour.MandateAsync("swift");

        await story.HidesAsync("agreement.not_found", made.Id, id => story.Summit.Agreements.ChangeAsync(id, ETag.Any, Change()));
        await story.HidesAsync("agreement.not_found", made.Id, id => story.Summit.Agreements.ListVersionsPageAsync(id));
        await story.HidesAsync("agreement.not_found", made.Id, id => story.Lantern.Agreements.ListVersionsPageAsync(id));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Agreements.ChangeAsync(made.Id, ETag.Any, Change()));
        await story.RefusesAsync(403, "auth.missing_scope", () => new Side(story.Service.ForPerson("analyst@harbour.example")).Agreements.ChangeAsync(made.Id, ETag.Any, Change()));
        await new Side(story.Service.ForPerson("admin@harbour.example")).Agreements.ChangeAsync(made.Id, ETag.Any, Change());
    }

    [Fact]
    public async Task The_same_key_changes_once()
    {
        await using var story = await Story.AtTenantsAsync();
        var made = await story.Harbour.MandateAsync("swift");

        await story.ActsOnceAsync(key => story.Harbour.Agreements.ChangeAsync(made.Id, ETag.Any, Change(), CallOptions.WithKey(key)));
    }

    private static AgreementChange Change(Action<AgreementChange>? how = null)
    {
        var change = new AgreementChange { Title = "Mandate anew", ValidFrom = new DateOnly(2020, 1, 1), Terms = new NewAgreementTerms() };
        how?.Invoke(change);
        return change;
    }
}
