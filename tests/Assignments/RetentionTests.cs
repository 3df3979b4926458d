using System.Globalization;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Assignments;

/// <summary>An agency asks to keep all cases of an assignment beyond its term, and the bank answers for all.</summary>
public sealed class RetentionTests
{
    [Fact]
    public async Task Granted_every_open_case_has_the_later_term()
    {
        await using var story = await Story.AtCasesAsync();
        await story.RecallAsync();
        var later = story.Assignment.TermEnd.AddDays(30);

        var asked = await story.Swift.Assignments.RequestRetentionAsync(story.Assignment.Id, Until(later));
        Assert.Equal((2, "2", 2), (asked.Cases, Count(story, "base_case_motion WHERE kind = 'retention' AND reason = 'plan_in_force'"), story.Events("case.retention_requested")));
        Assert.Equal("0", Count(story, "base_case WHERE extended_to IS NOT NULL"));

        var granted = await story.Harbour.Assignments.GrantRetentionAsync(story.Assignment.Id, new AssignmentRetentionGrant());

        Assert.Equal((2, 2), (granted.Cases, story.Events("case.retention_granted")));
        Assert.Equal("2", Count(story, $"base_case WHERE ended_at IS NULL AND extended_to = '{later:yyyy-MM-dd}'"));
        Assert.Equal("2", Count(story, $"base_case_motion_answer WHERE answer = 'accepted' AND new_date = '{later:yyyy-MM-dd}'"));
        await story.RefusesAsync(409, "assignment.no_retention_asked", () => story.Harbour.Assignments.GrantRetentionAsync(story.Assignment.Id, new AssignmentRetentionGrant(), CallOptions.WithKey("key")));
        Assert.Equal(0, (await story.Swift.Assignments.RequestRetentionAsync(story.Assignment.Id, Until(later))).Cases);
        Assert.Equal(2, (await story.Swift.Assignments.RequestRetentionAsync(story.Assignment.Id, Until(later.AddDays(1)))).Cases);
    }

    [Fact]
    public async Task The_bank_may_grant_another_day()
    {
        await using var story = await Story.AtCasesAsync();
        await story.Swift.Assignments.RequestRetentionAsync(story.Assignment.Id, Until(story.Assignment.TermEnd.AddDays(30)));

        await story.Harbour.Assignments.GrantRetentionAsync(story.Assignment.Id, new AssignmentRetentionGrant { TermEnd = story.Assignment.TermEnd.AddDays(10) });

        Assert.Equal("3", Count(story, $"base_case WHERE extended_to = '{story.Assignment.TermEnd.AddDays(10):yyyy-MM-dd}'"));
    }

    [Fact]
    public async Task It_may_last_as_long_as_the_version_of_the_agreement_that_the_assignment_keeps()
    {
        await using var story = await Story.AtAccountsAsync();
        var until = story.Today.AddMonths(7);
        await story.Harbour.Agreements.ChangeAsync(
            story.Agreement.Id, ETag.Any, new AgreementChange { Title = "Until autumn", ValidFrom = story.Agreement.ValidFrom, ValidTo = until, Terms = new NewAgreementTerms() });
        var assignment = await story.Harbour.Assignments.CreateAsync(story.WholePortfolio());
        await story.Swift.Assignments.AcknowledgeAsync(assignment.Id);

        await story.RefusesAsync(409, "agreement.not_in_force", () => story.Swift.Assignments.RequestRetentionAsync(assignment.Id, Until(until.AddDays(1)), CallOptions.WithKey("key")));
        Assert.Equal(3, (await story.Swift.Assignments.RequestRetentionAsync(assignment.Id, Until(until))).Cases);
        await story.RefusesAsync(
            409, "agreement.not_in_force", () => story.Harbour.Assignments.GrantRetentionAsync(assignment.Id, new AssignmentRetentionGrant { TermEnd = until.AddDays(1) }, CallOptions.WithKey("key")));
        Assert.Equal(3, (await story.Harbour.Assignments.GrantRetentionAsync(assignment.Id, new AssignmentRetentionGrant())).Cases);
    }

    [Fact]
    public async Task A_case_that_may_be_kept_longer_already_is_not_cut_short()
    {
        await using var story = await Story.AtCasesAsync();
        var end = story.Assignment.TermEnd;
        await story.Swift.Cases.RequestRetentionAsync(story.Case.Id, new CaseRetention { TermEnd = end.AddDays(60), Reason = KeepReason.PlanInForce });
        await story.Harbour.Cases.GrantRetentionAsync(story.Case.Id, new RetentionGrant());
        Assert.Equal(3, (await story.Swift.Assignments.RequestRetentionAsync(story.Assignment.Id, Until(end.AddDays(90)))).Cases);

        await story.RefusesAsync(
            422, "assignment.term_not_later", () => story.Harbour.Assignments.GrantRetentionAsync(story.Assignment.Id, new AssignmentRetentionGrant { TermEnd = end.AddDays(30) }, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task Refused_nothing_changes_and_the_agency_may_ask_again()
    {
        await using var story = await Story.AtCasesAsync();
        await story.Swift.Assignments.RequestRetentionAsync(story.Assignment.Id, Until(story.Assignment.TermEnd.AddDays(30)));
        Assert.Equal(0, (await story.Swift.Assignments.RequestRetentionAsync(story.Assignment.Id, Until(story.Assignment.TermEnd.AddDays(31)))).Cases);

        var refused = await story.Harbour.Assignments.RefuseRetentionAsync(story.Assignment.Id, Deeds.Because);

        Assert.Equal((3, 3), (refused.Cases, story.Events("case.retention_refused")));
        Assert.Equal(("0", "3"), (Count(story, "base_case WHERE extended_to IS NOT NULL"), Count(story, "base_case_motion_answer WHERE answer = 'refused'")));
        Assert.Equal(3, (await story.Swift.Assignments.RequestRetentionAsync(story.Assignment.Id, Until(story.Assignment.TermEnd.AddDays(30)))).Cases);
    }

    // The mandate's validity is that of the version the assignment keeps, not of the first nor of the last.
    [Fact]
    public async Task It_ends_within_the_mandate_that_the_assignment_keeps()
    {
        await using var story = await Story.AtAccountsAsync();
        var (today, agreement) = (story.Today, story.Agreement.Id);
        var assignment = story.WholePortfolio();
        await ChangeAsync(today.AddYears(2));
        var kept = await story.Harbour.Assignments.CreateAsync(assignment);
        await story.Swift.Assignments.AcknowledgeAsync(kept.Id);
        await ChangeAsync(today.AddYears(3));

        await story.RefusesAsync(409, "agreement.not_in_force", () => story.Swift.Assignments.RequestRetentionAsync(kept.Id, Until(today.AddYears(2).AddDays(1)), CallOptions.WithKey("key")));
        Assert.Equal(3, (await story.Swift.Assignments.RequestRetentionAsync(kept.Id, Until(today.AddYears(2)))).Cases);
        await story.RefusesAsync(409, "agreement.not_in_force", () => story.Harbour.Assignments.GrantRetentionAsync(kept.Id, new AssignmentRetentionGrant { TermEnd = today.AddYears(2).AddDays(1) }, CallOptions.WithKey("key")));
        Assert.Equal(3, (await story.Harbour.Assignments.GrantRetentionAsync(kept.Id, new AssignmentRetentionGrant())).Cases);

        Task<Agreement> ChangeAsync(DateOnly validTo) => story.Harbour.Agreements.ChangeAsync(
            agreement, ETag.Any, new AgreementChange { Title = story.Agreement.Title, ValidFrom = story.Agreement.ValidFrom, ValidTo = validTo, Terms = new NewAgreementTerms() });
    }

    [Fact]
    public async Task To_others_it_does_not_exist()
    {
        await using var story = await Story.AtCasesAsync();
        await story.Swift.Assignments.RequestRetentionAsync(story.Assignment.Id, Until(story.Assignment.TermEnd.AddDays(30)));

        await story.HidesAsync("assignment.not_found", story.Assignment.Id, id => story.Lantern.Assignments.RequestRetentionAsync(id, Until(story.Assignment.TermEnd.AddDays(30)), CallOptions.WithKey("key")));
        await story.HidesAsync("assignment.not_found", story.Assignment.Id, id => story.Summit.Assignments.GrantRetentionAsync(id, new AssignmentRetentionGrant(), CallOptions.WithKey("key")));
        await story.HidesAsync("assignment.not_found", story.Assignment.Id, id => story.Summit.Assignments.RefuseRetentionAsync(id, Deeds.Because, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task The_same_key_asks_and_answers_once()
    {
        await using var story = await Story.AtCasesAsync();
        var later = Until(story.Assignment.TermEnd.AddDays(30));

        await story.ActsOnceAsync(key => story.Swift.Assignments.RequestRetentionAsync(story.Assignment.Id, later, CallOptions.WithKey(key)));
        await story.ActsOnceAsync(key => story.Harbour.Assignments.RefuseRetentionAsync(story.Assignment.Id, Deeds.Because, CallOptions.WithKey(key)));
        await story.Swift.Assignments.RequestRetentionAsync(story.Assignment.Id, later);
        await story.ActsOnceAsync(key => story.Harbour.Assignments.GrantRetentionAsync(story.Assignment.Id, new AssignmentRetentionGrant(), CallOptions.WithKey(key)));
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtAccountsAsync();
        var offered = (await story.AssignAsync(1, 1, acknowledge: false)).Id;
        var active = await story.AssignAsync(2, 3);
        var later = Until(active.TermEnd.AddDays(30));

        await story.RefusesAsync(409, "assignment.is_submitted", () => story.Swift.Assignments.RequestRetentionAsync(offered, later, CallOptions.WithKey("key")));
        await story.RefusesAsync(422, "assignment.term_not_later", () => story.Swift.Assignments.RequestRetentionAsync(active.Id, Until(active.TermEnd), CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Harbour.Assignments.RequestRetentionAsync(active.Id, later, CallOptions.WithKey("key")));
        await story.RefusesAsync(409, "assignment.no_retention_asked", () => story.Harbour.Assignments.RefuseRetentionAsync(active.Id, Deeds.Because, CallOptions.WithKey("key")));
        await story.Swift.Assignments.RequestRetentionAsync(active.Id, later);
        await story.RefusesAsync(422, "assignment.term_not_later", () => story.Harbour.Assignments.GrantRetentionAsync(active.Id, new AssignmentRetentionGrant { TermEnd = active.TermEnd }, CallOptions.WithKey("key")));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Assignments.GrantRetentionAsync(active.Id, new AssignmentRetentionGrant(), CallOptions.WithKey("key")));
        await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Assignments.RefuseRetentionAsync(active.Id, new RejectionReason { Reason = "" }, CallOptions.WithKey("key")));
    }

    private static NewAssignmentRetention Until(DateOnly termEnd) => new() { TermEnd = termEnd, Reason = KeepReason.PlanInForce };

    private static string? Count(Story story, string rows) => story.Service.Database.Scalar(string.Create(CultureInfo.InvariantCulture, $"SELECT COUNT(*) FROM {rows}"));
}
