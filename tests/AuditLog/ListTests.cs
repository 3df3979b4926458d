using System.Globalization;
using Agency.Sdk;
using Agency.Tests.Http;
using Agency.Tests.Support;

namespace Agency.Tests.AuditLog;

/// <summary>A tenant reads its own audit log, as a list and as a file. Raw for the file, whose headers are looked at.</summary>
public sealed class ListTests
{
    [Fact]
    public async Task An_entry_says_who_did_what_to_which_thing_when_and_from_where()
    {
        await using var story = await Story.AtCasesAsync();
        var analyst = new Side(story.Service.ForPerson("analyst@harbour.example"));
        await analyst.Cases.RecallAsync(story.Case.Id, new CaseRecall { Reason = RecallReason.Complaint });

        var entry = Assert.Single((await story.Harbour.AuditEntries.ListPageAsync(subjectId: story.Case.Id, action: "case.recalled")).Items);

        Assert.Equal(story.Service.Clock.GetUtcNow(), entry.OccurredAt);
        Assert.Equal(story.Service.Database.Scalar("SELECT lower(hex(id)) FROM auth_person WHERE email = 'analyst@harbour.example'"), entry.PersonId!.Value.ToString("N"));
        Assert.Equal(("portal", "127.0.0.1", true), (entry.ClientId, entry.Address, entry.TraceId?.Length == 32));
        Assert.Null(entry.SealNumber);

        await story.Service.SealAsync();
        Assert.Equal(story.Service.Database.Scalar($"SELECT max(number) FROM base_audit_seal WHERE tenant_id = {story.Service.Database.NumberOf("harbour")}"), (await story.Harbour.AuditEntries.ListPageAsync(subjectId: story.Case.Id, action: "case.recalled")).Items.Single().SealNumber!.Value.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Each_tenant_reads_its_own_alone()
    {
        await using var story = await Story.AtCasesAsync();
        await story.PayAsync(1_000);

        var (harbour, swift) = (await AllAsync(story.Harbour), await AllAsync(story.Swift));

        Assert.Contains(harbour, entry => entry.Action == "repayment.confirmed");
        Assert.DoesNotContain(harbour, entry => entry.Action == "repayment.reported");
        Assert.Contains(swift, entry => entry.Action == "repayment.reported");
        Assert.Empty(harbour.Select(entry => entry.Id).Intersect(swift.Select(entry => entry.Id)));
        Assert.Empty(await AllAsync(story.Lantern));
        Assert.Contains(await AllAsync(new Side(story.Service.For("operator"))), entry => entry.Action == "tenant.created");
    }

    [Fact]
    public async Task Where_somebody_called_from_is_stored_encrypted()
    {
        await using var story = await Story.AtTenantsAsync();
        await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });

        Assert.Equal("1|0", story.Service.Database.Scalar("SELECT count(*) || '|' || sum(instr(CAST(address_cipher AS TEXT), '127.0') > 0) FROM base_audit_entry WHERE action = 'portfolio.created' AND address_cipher IS NOT NULL"));
    }

    [Fact]
    public async Task Filters_leave_what_fits_all_of_them()
    {
        await using var story = await Story.AtTenantsAsync();
        var clock = story.Service.Clock;
        var analyst = new Side(story.Service.ForPerson("analyst@harbour.example"));
        List<Guid> made = [];
        for (var n = 0; n < 4; n++)
        {
            made.Add((await (n % 2 == 0 ? analyst : story.Harbour).Portfolios.CreateAsync(new NewPortfolio { Name = $"Cards {n}", Currency = "CNY" })).Id);
            clock.Advance(TimeSpan.FromHours(1));
        }

        var start = TestDatabase.Start;
        var log = story.Harbour.AuditEntries;
        Assert.Equal(made, await SubjectsAsync(log.ListPageAsync()));
        Assert.Equal(made[1..3], await SubjectsAsync(log.ListPageAsync(from: start.AddHours(1), to: start.AddHours(3))));
        Assert.Equal(made[1..], await SubjectsAsync(log.ListPageAsync(from: start.AddSeconds(1))));
        Assert.Equal(made[..1], await SubjectsAsync(log.ListPageAsync(to: start.AddHours(1))));
        Assert.Empty(await SubjectsAsync(log.ListPageAsync(to: new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero))));
        Assert.Equal(made, await SubjectsAsync(log.ListPageAsync(from: new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero), to: DateTimeOffset.MaxValue)));
        Assert.Equal([made[0], made[2]], await SubjectsAsync(log.ListPageAsync(clientId: "portal")));
        var person = (await log.ListPageAsync(clientId: "portal")).Items[0].PersonId;
        Assert.Equal([made[2]], await SubjectsAsync(log.ListPageAsync(personId: person, from: start.AddHours(1))));
        Assert.Equal([made[3]], await SubjectsAsync(log.ListPageAsync(subjectId: made[3])));
        Assert.Empty(await SubjectsAsync(log.ListPageAsync(subjectId: made[3], clientId: "portal")));
        Assert.Empty(await SubjectsAsync(log.ListPageAsync(action: "case.recalled")));

        static async Task<List<Guid>> SubjectsAsync(Task<AuditLogEntryPage> page) => [.. (await page).Items.Select(entry => entry.SubjectId!.Value)];
    }

    [Fact]
    public async Task It_is_read_page_by_page()
    {
        await using var story = await Story.AtTenantsAsync();
        for (var n = 0; n < 7; n++)
        {
            await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = $"Cards {n}", Currency = "CNY" });
        }

        var whole = (await story.Harbour.AuditEntries.ListPageAsync()).Items.Select(entry => entry.Id).ToList();
        var paged = await story.Harbour.AuditEntries.ListAsync(pageSize: 3).ToListAsync();
        Assert.Equal((7, whole.Count), (paged.Count, 7));
        Assert.Equal(whole, paged.Select(entry => entry.Id));
    }

    [Fact]
    public async Task The_file_has_what_is_sealed_and_reads_the_same_twice()
    {
        await using var story = await Story.AtTenantsAsync();
        await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = "CNY" });
        await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Loans", Currency = "CNY" });
        await story.Service.SealAsync();
        await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Not sealed", Currency = "CNY" });

        var first = await story.Harbour.Http.CallAsync("GET", "/v1/audit-log/export");
        var second = await story.Harbour.Http.CallAsync("GET", "/v1/audit-log/export");

        Assert.Equal((200, "text/csv", second.Text, second.ETag), (first.Status, first.Type!.MediaType, first.Text, first.ETag));
        var rows = first.Text.TrimEnd().Split("\r\n").Select(row => row.Split(',')).ToList();
        Assert.Equal(["\uFEFFseal_number", "1", "2", "trailer"], rows.Select(row => row[0]));
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
        var entries = (await story.Harbour.AuditEntries.ListPageAsync()).Items.ToList();
        Assert.Equal([entries[0].Id.ToString(), "2026-03-02T02:00:00.000Z", "portfolio.created", entries[0].SubjectId!.ToString()!], rows[1][1..5]);
        Assert.Equal(["harbour-api", "127.0.0.1", entries[0].TraceId!], rows[1][7..10]);
        Assert.Equal("2", rows[3][1]);

        var one = await story.Harbour.Http.CallAsync("GET", $"/v1/audit-log/export?subject_id={entries[1].SubjectId}");
        Assert.Contains("trailer,1,", one.Text, StringComparison.Ordinal);
        Assert.Contains(entries[1].Id.ToString(), one.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_file_is_read_page_by_page()
    {
        await using var story = await Story.AtTenantsAsync();
        var service = story.Service;
        for (var n = 0; n < 1_203; n++)
        {
            await service.WriteLateAsync("harbour", service.Clock.GetUtcNow().AddMilliseconds(n));
        }

        await service.SealAsync();
        var file = await story.Harbour.Http.CallAsync("GET", "/v1/audit-log/export");

        var numbers = file.Text.TrimEnd().Split("\r\n")[1..^1].Select(row => int.Parse(row.Split(',')[0], CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, 1_203), numbers);
        Assert.Empty(await service.FaultsAsync());
    }

    [Fact]
    public async Task A_cell_is_never_taken_for_a_formula()
    {
        await using var story = await Story.AtCasesAsync();
        await story.Swift.Cases.RevealAsync(story.Case.Id, new RevealReason { Reason = "=HYPERLINK(\"http://evil.example\")" });
        await story.Service.SealAsync();

        var file = await story.Swift.Http.CallAsync("GET", "/v1/audit-log/export?action=case.revealed");

        Assert.Contains("=HYPERLINK", file.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(",=HYPERLINK", file.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(",\"=HYPERLINK", file.Text, StringComparison.Ordinal);
    }

    private static Task<List<AuditLogEntry>> AllAsync(Side side) => side.AuditEntries.ListAsync(pageSize: 1000).ToListAsync().AsTask();
}
