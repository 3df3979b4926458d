using System.Net;
using System.Security.Cryptography;
using System.Text;
using Agency.Api.Data;
using Agency.Sdk;
using Agency.Tests.SettlementProposals;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using EvidenceSweep = Agency.Api.EvidenceFiles.EvidenceSweep;

namespace Agency.Tests.EvidenceFiles;

/// <summary>Evidence for a settlement proposal: sent by the agency, kept encrypted, fetched by a link, verified by the bank.</summary>
public sealed class EvidenceTests
{
    private const string Secret = "earns 4,500 a month at the Tern boatyard";

    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 1, 2, 3, 4, 0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82];
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 1, 2, 3, 0xFF, 0xD9];

    [Fact]
    public async Task Both_sides_read_what_it_is_and_fetch_it_by_a_link()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = await story.ProposeAsync(story.LumpSum());
        var content = Deeds.Pdf(Secret);

        var sent = await story.ActsOnceAsync(key => story.SendAsync(proposal.Id, content, kind: "income", name: "收入 \"证明\".pdf", key: key));

        Assert.Equal(
            (proposal.Id, EvidenceKind.Income, "收入 \"证明\".pdf", "application/pdf", content.Length, Convert.ToHexStringLower(SHA256.HashData(content)), null),
            (sent.SettlementProposalId, sent.Kind, sent.Name, sent.MediaType, (int)sent.Bytes, sent.Sha256, sent.VerifiedAt));
        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.EquivalentWithExclusions(sent, Assert.Single((await side.EvidenceFiles.ListOfProposalPageAsync(proposal.Id)).Items), strict: true, "RawAnswer", "ETag");
            using var answer = await FetchAsync(story, await side.EvidenceFiles.CreateLinkAsync(sent.Id));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(content, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            Assert.Equal(("application/pdf", "attachment", "no-store", "nosniff"), (
                answer.Content.Headers.ContentType!.MediaType, answer.Content.Headers.ContentDisposition!.DispositionType, answer.Headers.CacheControl!.ToString(), answer.Headers.GetValues("X-Content-Type-Options").Single()));
            Assert.Equal("收入 \"证明\".pdf", answer.Content.Headers.ContentDisposition.FileNameStar);
        }

        Assert.Equal("4", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action IN ('evidence_file.link_made', 'evidence_file.downloaded')"));
    }

    [Fact]
    public async Task At_rest_it_is_encrypted_and_so_is_its_name()
    {
        await using var story = await Story.AtCasesAsync();
        var sent = await story.SendAsync((await story.ProposeAsync(story.LumpSum())).Id, Deeds.Pdf(Secret), name: "Tern boatyard.pdf");

        var kept = await File.ReadAllBytesAsync(PathOf(story, sent), TestContext.Current.CancellationToken);

        Assert.Equal(-1, kept.AsSpan().IndexOf(Encoding.ASCII.GetBytes("Tern boatyard")));
        Assert.True(kept.Length > sent.Bytes);
        Assert.Equal("0", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_evidence_file WHERE instr(name_cipher, CAST('Tern' AS BLOB)) > 0"));
    }

    [Fact]
    public async Task What_was_altered_in_the_store_is_not_sent()
    {
        await using var story = await Story.AtCasesAsync();
        var sent = await story.SendAsync((await story.ProposeAsync(story.LumpSum())).Id);
        var file = PathOf(story, sent);
        var kept = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        kept[^20] ^= 1;
        await File.WriteAllBytesAsync(file, kept, TestContext.Current.CancellationToken);

        using var answer = await FetchAsync(story, await story.Harbour.EvidenceFiles.CreateLinkAsync(sent.Id));

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("image/png", "png")]
    [InlineData("image/jpeg", "jpeg")]
    public async Task Pictures_are_taken(string type, string what)
    {
        await using var story = await Story.AtCasesAsync();

        Assert.Equal(type, (await story.SendAsync((await story.ProposeAsync(story.LumpSum())).Id, what == "png" ? Png : Jpeg, type, "property", "picture")).MediaType);
    }

    [Fact]
    public async Task What_is_not_a_whole_file_of_its_type_is_refused_and_leaves_nothing()
    {
        await using var story = await Story.AtCasesAsync(configure: builder => builder.Configuration["Evidence:MaxBytes"] = "2000");
        var proposal = (await story.ProposeAsync(story.LumpSum())).Id;
        var pdf = Deeds.Pdf("x");

        await RefusesAsync(422, "evidence_file.not_what_it_says", pdf, "image/png");
        await RefusesAsync(422, "evidence_file.not_what_it_says", Png, "image/jpeg");
        await RefusesAsync(422, "evidence_file.not_what_it_says", pdf[..^8], "application/pdf");
        await RefusesAsync(422, "evidence_file.not_what_it_says", [.. "MZ"u8, .. pdf], "application/pdf");
        await RefusesAsync(422, "evidence_file.not_what_it_says", Png[..^1], "image/png");
        await RefusesAsync(422, "evidence_file.not_what_it_says", Jpeg[..^1], "image/jpeg");
        await RefusesAsync(422, "evidence_file.not_what_it_says", [0xFF, 0xD8, 0xFF], "image/jpeg");
        await RefusesAsync(415, "request.unsupported_media_type", pdf, "image/svg+xml");
        await RefusesAsync(400, "request.malformed", [], "application/pdf");
        await RefusesAsync(413, "request.too_large", [.. pdf[..^6], .. new byte[2000], .. "%%EOF\n"u8], "application/pdf");
        await story.RefusesAsync(422, "request.invalid", () => story.SendAsync(proposal, pdf, kind: "gossip"));
        foreach (var name in new[] { "../up.pdf", "a\\b.pdf", "a\u202Efdp.exe", " ", new string('x', 201) })
        {
            await story.RefusesAsync(422, "request.invalid", () => story.SendAsync(proposal, pdf, name: name));
        }

        Assert.Empty(Kept(story));

        Task RefusesAsync(int status, string code, byte[] content, string type) => story.RefusesAsync(status, code, () => story.SendAsync(proposal, content, type));
    }

    [Fact]
    public async Task The_same_file_is_taken_once_and_twenty_at_most()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = (await story.ProposeAsync(story.LumpSum())).Id;
        await story.SendAsync(proposal, Deeds.Pdf("1"));
        await story.RefusesAsync(409, "evidence_file.duplicate", () => story.SendAsync(proposal, Deeds.Pdf("1"), name: "other.pdf"));
        for (var n = 2; n <= 20; n++)
        {
            await story.SendAsync(proposal, Deeds.Pdf($"{n}"));
        }

        await story.RefusesAsync(409, "evidence_file.too_many", () => story.SendAsync(proposal, Deeds.Pdf("21")));

        Assert.Equal(20, Kept(story).Length);
    }

    [Fact]
    public async Task A_link_dies_with_its_time_with_the_case_and_when_it_is_changed()
    {
        await using var story = await Story.AtCasesAsync();
        var sent = await story.SendAsync((await story.ProposeAsync(story.LumpSum())).Id);
        var (bank, agency) = (await story.Harbour.EvidenceFiles.CreateLinkAsync(sent.Id), await story.Swift.EvidenceFiles.CreateLinkAsync(sent.Id));
        var token = bank.Url.Split('/')[^1];
        foreach (var other in new[] { "x", token[..^1], (token[0] == 'A' ? 'B' : 'A') + token[1..], token + "A" })
        {
            await LeadsNowhereAsync(story, bank.Url.Replace(token, other, StringComparison.Ordinal));
        }

        await story.RecallAsync();
        await LeadsNowhereAsync(story, agency.Url);
        using (var still = await FetchAsync(story, bank))
        {
            Assert.Equal(HttpStatusCode.OK, still.StatusCode);
        }

        story.Service.Clock.Advance(TimeSpan.FromMinutes(15));
        await LeadsNowhereAsync(story, bank.Url);
    }

    [Fact]
    public async Task Others_see_none_of_it_and_the_agency_none_after_the_case()
    {
        await using var story = await Story.AtCasesAsync();
        await story.Swift.StaffAsync();
        var proposal = (await story.ProposeAsync(story.LumpSum())).Id;
        var sent = await story.SendAsync(proposal, by: story.Service.As("collector@swift.example"));

        foreach (var other in new[] { story.Summit, story.Lantern })
        {
            await story.HidesAsync("evidence_file.not_found", sent.Id, id => other.EvidenceFiles.GetAsync(id));
            await story.HidesAsync("evidence_file.not_found", sent.Id, id => other.EvidenceFiles.CreateLinkAsync(id, CallOptions.WithKey("key")));
            await story.HidesAsync("settlement_proposal.not_found", proposal, id => other.EvidenceFiles.ListOfProposalPageAsync(id));
        }

        await story.HidesAsync("settlement_proposal.not_found", proposal, id => story.SendAsync(id, by: story.Lantern));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.SendAsync(proposal, by: story.Harbour));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Service.As("admin@harbour.example").EvidenceFiles.GetAsync(sent.Id));
        await story.RecallAsync();
        await story.HidesAsync("evidence_file.not_found", sent.Id, id => story.Swift.EvidenceFiles.GetAsync(id));
        await story.RefusesAsync(404, "case.not_found", () => story.SendAsync(proposal, Deeds.Pdf("late")));
        Assert.Single(Kept(story));
    }

    [Fact]
    public async Task Who_verified_it_does_not_approve()
    {
        await using var story = await Story.AtCasesAsync();
        var proposal = (await story.ProposeAsync(story.LumpSum())).Id;
        var sent = await story.SendAsync(proposal);
        var approver = story.Service.As("approver@harbour.example");

        var verified = await story.ActsOnceAsync(key => approver.EvidenceFiles.VerifyAsync(sent.Id, CallOptions.WithKey(key)));

        Assert.NotNull(verified.VerifiedAt);
        await story.RefusesAsync(409, "evidence_file.is_verified", () => story.Harbour.EvidenceFiles.VerifyAsync(sent.Id, CallOptions.WithKey("key")));
        await story.RefusesAsync(409, "settlement_proposal.took_part", () => approver.SettlementProposals.ApproveAsync(proposal, new SettlementProposalApproval(), CallOptions.WithKey("key")));
        await story.Harbour.SettlementProposals.ApproveAsync(proposal, new SettlementProposalApproval());
    }

    [Fact]
    public async Task What_no_row_knows_is_removed_after_a_day()
    {
        await using var story = await Story.AtCasesAsync();
        var sent = await story.SendAsync((await story.ProposeAsync(story.LumpSum())).Id);
        var folder = Path.GetDirectoryName(PathOf(story, sent))!;
        var now = story.Service.Clock.GetUtcNow().UtcDateTime;
        var (known, lost, fresh) = (PathOf(story, sent), Path.Combine(folder, $"{Guid.CreateVersion7():D}.evidence"), Path.Combine(folder, $"{Guid.CreateVersion7():D}.evidence.part"));
        File.WriteAllText(lost, "?");
        File.WriteAllText(fresh, "?");
        File.SetLastWriteTimeUtc(known, now.AddDays(-2));
        File.SetLastWriteTimeUtc(lost, now.AddDays(-2));
        File.SetLastWriteTimeUtc(fresh, now.AddHours(-2));

        await story.Service.Services.GetRequiredService<EvidenceSweep>().RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal([true, false, true], new[] { known, lost, fresh }.Select(File.Exists));
    }

    private static FileInfo[] Kept(Story story) =>
        new DirectoryInfo(Path.Combine(story.Service.Database.Folder, "evidence")) is { Exists: true } folder ? folder.GetFiles("*", SearchOption.AllDirectories) : [];

    private static string PathOf(Story story, EvidenceFile sent) => Kept(story).Single(file => file.Name == $"{new Id(sent.Id)}.evidence").FullName;

    private static async Task<HttpResponseMessage> FetchAsync(Story story, EvidenceLink link) =>
        await story.Service.Anonymous.GetAsync(new Uri(link.Url), TestContext.Current.CancellationToken);

    private static async Task LeadsNowhereAsync(Story story, string url)
    {
        using var answer = await story.Service.Anonymous.GetAsync(new Uri(url), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("evidence_file.link_expired", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
