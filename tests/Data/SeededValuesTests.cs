using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Agency.Sdk;
using Agency.Tests.AuditLog;
using Agency.Tests.CommissionStatements;
using Agency.Tests.Http;
using Agency.Tests.SettlementProposals;
using Agency.Tests.Support;
using Agency.Tests.Webhooks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using WebhookWorker = Agency.Api.Webhooks.WebhookWorker;

namespace Agency.Tests.Data;

/// <summary>
/// Values that nobody else has are given to the service wherever it takes what is a debtor's; nothing that it leaves behind may hold one of them:
/// database, write-ahead log, spool, evidence, keys, checkpoints, logs of every level, files it was asked for, messages it sent.
/// </summary>
public sealed class SeededValuesTests
{
    private const string Name = "阙如海 Qiongarth";
    private const string GzippedName = "Gizzlepack 施巽";
    private const string IdNumber = "ZQ7731X90882";
    private const string Phone = "010-0000 77313";
    private const string Email = "quillfeather@example.test";
    private const string Address = "柳叶巷七百三十一号 Tamsinford+Row";
    private const string FoundPhone = "010-0000 88424";
    private const string Holder = "Ysoldine & Søn";
    private const string Note = "Says \"Brambleknot\" owes him 九折臂";
    private const string Dialled = "010-0000 99535";
    private const string PayerName = "Perriwinkt 殷勤";
    private const string Assets = "A boat called Fathomley";
    private const string Household = "Three children at Gristlemere";
    private const string Words = "Dolorwick lost the job";

    /// <summary>Why the other side's money, terms or work was answered as it was: kept in clear, as THREATS.md says.</summary>
    private const string Business = "Not what was agreed";

    private const string EvidenceName = "收入证明阙 Wexcombe.pdf";
    private const string EvidenceText = "Harrowmint earns 4500";
    private const string BadPhone = "Snarkle-not-a-phone";
    private const string BadAmount = "12.5Ombreck";
    private const string BadDay = "Zephyrim-day";
    private const string InFailedFile = "Lostlingham";
    private const string InCutFile = "Halfwayne";
    private const string InMalformedBody = "Crookedleaf";

    /// <summary>What is sought: of each value what is its own, in the form it is given in and the one it is kept in.</summary>
    private static readonly string[] Sought =
    [
        Name, "Qiongarth", "阙如海", GzippedName, "Gizzlepack", IdNumber, Phone, "+861000077313", "1000077313", Email, "quillfeather", Address, "Tamsinford", "七百三十一号",
        FoundPhone, "+861000088424", "1000088424", Holder, "Ysoldine", Note, "Brambleknot", "九折臂", Dialled, "+861000099535", "1000099535", PayerName, "Perriwinkt", "殷勤", Assets, "Fathomley", Household,
        "Gristlemere", Words, "Dolorwick", EvidenceName, "Wexcombe", "收入证明阙", EvidenceText, "Harrowmint", "Snarkle", "Ombreck", "Zephyrim", InFailedFile, InCutFile, InMalformedBody,
    ];

    private static readonly ValueSearch Search = new(Sought);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_left_behind_holds_a_debtors_value()
    {
        using var database = await TestDatabase.CreateAsync();
        using var log = new LogFile();
        var beside = Directory.CreateDirectory(Path.Combine(database.Folder, "beside")).FullName;
        await using (var receiver = await Receiver.StartAsync())
        {
            await using (var story = await Story.AtTenantsAsync(builder => { log.Attach(builder); receiver.Allow(builder); }, database))
            {
                await LoadAsync(story);
                await FailAsync(story);
                await using (var cut = await BeginUploadAsync(story))
                {
                    Assert.Contains(Directory.EnumerateFiles(database.Folder, "*", SearchOption.AllDirectories), file => file.Contains("spool", StringComparison.Ordinal) && new FileInfo(file).Length > 0);
                    Assert.Equal([], Search.In(database.Folder));
                }

                await WorkAsync(story, receiver);
                await BeRefusedAsync(story);
                await TakeAlongAsync(story, beside);
                await story.Service.CheckpointAsync();
                await File.WriteAllLinesAsync(Path.Combine(beside, "messages.txt"), receiver.Messages.Select(message => message.Body), Stop);
                log.Save(Path.Combine(beside, "running.log"));

                // As it runs: with the write-ahead log, and whatever waits in memory for its turn on the disk.
                Assert.True(new FileInfo(Path.Combine(database.Folder, "agency.db-wal")).Length > 0);
                Assert.Equal([], Search.In(database.Folder));
            }
        }

        log.Save(Path.Combine(beside, "stopped.log"));
        Assert.Equal([], Search.In(database.Folder));

        var text = await File.ReadAllTextAsync(Path.Combine(beside, "stopped.log"), Stop);
        Assert.All(["Trace ", "Debug ", "/contact-records", "/evidence-files", "Executed endpoint"], word => Assert.Contains(word, text, StringComparison.Ordinal));
        Assert.NotEmpty(await File.ReadAllTextAsync(Path.Combine(beside, "messages.txt"), Stop));
        Assert.Superset(
            new HashSet<string>(["agency.db", "checkpoints.jsonl", "ring.json", "signing.pem"], StringComparer.Ordinal),
            Directory.EnumerateFiles(database.Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file)).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>The same search, with a value laid into each place in each writing: it finds every one of them.</summary>
    [Fact]
    public async Task What_is_planted_is_found_in_every_place_and_writing()
    {
        using var database = await TestDatabase.CreateAsync();
        await using var story = await Story.AtCasesAsync(database: database);
        await story.SendAsync((await story.ProposeAsync(story.LumpSum())).Id);
        await story.Service.CheckpointAsync();
        var beside = Directory.CreateDirectory(Path.Combine(database.Folder, "beside")).FullName;
        var spool = Directory.CreateDirectory(Path.Combine(database.Folder, "spool")).FullName;
        Assert.Equal([], Search.In(database.Folder));

        const string Planted = "Brambleknot";
        string[] files =
        [
            Path.Combine(spool, "left.part"), Directory.EnumerateFiles(Path.Combine(database.Folder, "evidence"), "*", SearchOption.AllDirectories).First(), Path.Combine(database.Folder, "audit", "checkpoints.jsonl"),
            Path.Combine(database.Folder, "keys", "ring.json"), Path.Combine(beside, "service.log"), Path.Combine(beside, "export.csv"),
        ];
        foreach (var (writing, write) in ValueSearch.Writings)
        {
            foreach (var written in write(Planted).Select(Convert.FromHexString))
            {
                foreach (var file in files)
                {
                    await FindsAsync(database, file, [.. "before "u8, .. written, .. " after"u8], $"{Planted} as {writing}");
                    await FindsAsync(database, file, [.. "before "u8, .. Gzip([.. "before "u8, .. written, .. " after"u8]), .. " after"u8], $"{Planted} as {writing} in gzip");
                }

                database.Tamper($"UPDATE base_portfolio SET name = CAST(x'{Convert.ToHexString(written)}' AS TEXT)");
                Assert.Contains($"agency.db-wal: {Planted} as {writing}", Search.In(database.Folder));
            }
        }

        using (var raw = database.OpenRaw())
        {
            raw.Run("PRAGMA wal_checkpoint(TRUNCATE)");
        }

        Assert.Contains($"agency.db: {Planted} as {ValueSearch.Writings[^1].Name}", Search.In(database.Folder));
    }

    /// <summary>Each value in each writing, not the one that is planted alone, wherever base64 began.</summary>
    [Fact]
    public void Every_value_is_found_in_every_writing()
    {
        Assert.All(Sought, value =>
        {
            foreach (var offset in new[] { 0, 1, 2 })
            {
                byte[] bytes = [.. new byte[offset], .. Encoding.UTF8.GetBytes(value), 7, 7];
                Assert.Contains(Search.In(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes))), found => found.StartsWith($"{value} as base64", StringComparison.Ordinal));
                Assert.Contains($"{value} as base64 for addresses", Search.In(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_'))));
            }

            Assert.Contains($"{value} as JSON with escapes", Search.In(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(value)));
            Assert.Contains($"{value} as an address's escapes", Search.In(Encoding.ASCII.GetBytes(WebUtility.UrlEncode(value))));
            Assert.Contains($"{value} as SHA-256", Search.In(SHA256.HashData(Encoding.UTF8.GetBytes(value))));
            Assert.Contains($"{value} as UTF-16LE", Search.In(Encoding.Unicode.GetBytes(value)));
            Assert.Contains($"{value} as UTF-8 in gzip", Search.In([1, 2, 3, .. Gzip(Encoding.UTF8.GetBytes(value)), 4]));
        });
        Assert.Empty(Search.In(RandomNumberGenerator.GetBytes(1_000_000)));
    }

    private static async Task FindsAsync(TestDatabase database, string file, byte[] planted, string found)
    {
        var before = File.Exists(file) ? await File.ReadAllBytesAsync(file, Stop) : null;
        await File.WriteAllBytesAsync(file, [.. before ?? [], .. planted], Stop);
        Assert.Contains($"{Path.GetRelativePath(database.Folder, file)}: {found}", Search.In(Path.GetDirectoryName(file)!).Select(line => Path.Combine(Path.GetRelativePath(database.Folder, Path.GetDirectoryName(file)!), line)));
        if (before is null)
        {
            File.Delete(file);
        }
        else
        {
            await File.WriteAllBytesAsync(file, before, Stop);
        }
    }

    // Two files, one of them packed, with rows that are refused; terms of a commission, so that there is a statement in the end.
    private static async Task LoadAsync(Story story)
    {
        var rows = $"""
            account_number,debtor_reference,debtor_name,id_number,phone,email,address,principal,interest,fees,oldest_due_date
            A-1,AD-1,{Name},{IdNumber},{Phone},{Email},{Address},100000,5000,500,2025-11-30
            A-2,AD-2,{Name},,{BadPhone},,,100000,0,0,2025-11-30
            A-3,AD-3,{Name},,,,,{BadAmount},0,0,2025-11-30
            A-4,AD-4,{Name},,,,,100,0,0,{BadDay}
            A-5,AD-5,"{Name}"x,,,,,100,0,0,2025-11-30

            """;
        await story.PlaceAsync(rows, termDays: 90, StatementDeeds.Terms(StatementDeeds.Rate("M3", 1000), StatementDeeds.Rate("M4", 1000), StatementDeeds.Rate("M5", 1000)));
        Assert.Equal((1, 4), ((int)story.Import.RowsAccepted, (int)story.Import.RowsRejected));
        using var packed = new MemoryStream(Gzip(Encoding.UTF8.GetBytes($"account_number,debtor_reference,debtor_name,phone,principal,oldest_due_date\nG-1,GD-1,{GzippedName},{Phone},100,2025-11-30\nG-2,GD-2,{GzippedName},{BadPhone},100,2025-11-30\n")));
        var import = await new AgencyClient(story.Harbour.Http).Portfolios.ImportAsync(story.Portfolio.Id, packed, import: new ImportOptions { IsGzipped = true }, options: CallOptions.WithKey("gzip"), cancellationToken: Stop);
        Assert.Equal((1, 1), ((int)import.RowsAccepted, (int)import.RowsRejected));
    }

    // A file that can't be read to its end, and one whose figures are not those of its trailer.
    private static async Task FailAsync(Story story)
    {
        var file = Encoding.UTF8.GetBytes($"account_number,debtor_reference,debtor_name,phone,principal,oldest_due_date\nF-1,FD-1,{InFailedFile},{Phone},100,2025-11-30\n");
        using var cut = new MemoryStream(Gzip([.. file, .. RandomNumberGenerator.GetBytes(50_000)])[..20_000]);
        var portfolios = new AgencyClient(story.Harbour.Http).Portfolios;
        Assert.Equal(ImportState.Failed, (await portfolios.ImportAsync(story.Portfolio.Id, cut, import: new ImportOptions { IsGzipped = true }, cancellationToken: Stop)).State);
        Assert.Equal(ImportState.Failed, (await story.Harbour.ImportAsync(story.Portfolio.Id, $"no_such_column,{InFailedFile}\n1,{InFailedFile}\n")).State);
    }

    private static async Task<CutUpload> BeginUploadAsync(Story story)
    {
        var upload = new CutUpload(story, $"account_number,debtor_reference,debtor_name,phone,principal,oldest_due_date\n{string.Concat(Enumerable.Range(0, 4000).Select(n => $"C-{n},CD-{n},{InCutFile},{Phone},100,2025-11-30\n"))}");
        await upload.HalfSentAsync();
        return upload;
    }

    private static async Task WorkAsync(Story story, Receiver receiver)
    {
        var (swift, harbour, @case) = (story.Swift, story.Harbour, story.Case.Id);
        foreach (var side in new[] { swift, harbour })
        {
            await side.Webhooks.CreateAsync(new NewWebhookSubscription { Url = receiver.Url, Types = ["*"] });
        }

        var point = await swift.ContactPoints.CreateAsync(
            @case, new NewContactPoint { Kind = ContactPointKind.Phone, Value = FoundPhone, Party = Party.RelatedContact, HolderName = Holder, Consent = Consent.Given }, CallOptions.WithKey("point"));
        await harbour.ContactPoints.AdoptAsync(point.Id, CallOptions.WithKey("adopt"));
        var record = await swift.ContactRecords.CreateAsync(@case, story.Call(Note, Dialled), CallOptions.WithKey("record"));
        await swift.ContactRecords.CreateAsync(@case, story.Call(Note, Dialled), CallOptions.WithKey("record"));
        var paid = await swift.Repayments.CreateAsync(
            @case, new NewRepayment { Amount = Story.Cny(1_000), PaidOn = story.Today, Payer = Payer.ThirdParty, PayerConsent = true, PayerName = PayerName }, CallOptions.WithKey("paid"));
        await story.ConfirmAsync(paid, key: "confirmed");
        await harbour.Repayments.RejectAsync((await story.ReportAsync(500)).Id, new RejectionReason { Reason = Business }, CallOptions.WithKey("rejected"));
        var proposal = await swift.SettlementProposals.CreateAsync(@case, new NewSettlementProposal
        {
            Kind = SettlementKind.LumpSum,
            Amount = Story.Cny(90_000),
            PayBy = story.Today.AddDays(10),
            Reason = Words,
            Circumstances = new Circumstances { MonthlyIncome = Story.Cny(450_000), Assets = Assets, Household = Household },
        }, CallOptions.WithKey("proposal"));
        var evidence = await story.SendAsync(proposal.Id, Deeds.Pdf(EvidenceText), name: EvidenceName, key: "evidence");
        foreach (var _ in new[] { 1, 2 })
        {
            var link = await harbour.EvidenceFiles.CreateLinkAsync(evidence.Id);
            Assert.Equal(HttpStatusCode.OK, (await story.Service.Anonymous.GetAsync(new Uri(link.Url), Stop)).StatusCode);
        }

        await harbour.SettlementProposals.RejectAsync(proposal.Id, new RejectionReason { Reason = Business }, CallOptions.WithKey("no"));
        await harbour.Holds.CreateAsync(@case, new NewHold { Kind = HoldKind.Complaint, Reason = Business }, CallOptions.WithKey("hold"));
        await harbour.Waivers.CreateAsync(story.Case.Account.Id, new NewWaiver { Principal = Story.Cny(100), Reason = Business }, CallOptions.WithKey("waiver"));

        // Shown in full: each kind of it.
        var why = new RevealReason { Reason = "Asked to be called back" };
        Assert.Equal(Name, (await swift.Cases.RevealAsync(@case, why)).Name);
        Assert.Equal(PayerName, (await harbour.Repayments.RevealPayerAsync(paid.Id, why)).Name);
        Assert.Equal(Note, (await harbour.ContactRecords.RevealAsync(record.Id, why)).Note);
        Assert.Contains("Qiongarth", (await harbour.Http.CallAsync("GET", "/v1/accounts?view=full")).Text, StringComparison.Ordinal);
        Assert.Contains("quillfeather", (await swift.Http.CallAsync("GET", $"/v1/cases/{@case}/contact-points?view=full")).Text, StringComparison.Ordinal);
        await story.Service.As("manager@swift.example").Cases.WorkAsync(@case);
        await story.Service.Services.GetRequiredService<WebhookWorker>().RunAsync(Stop);
        Assert.NotEmpty(receiver.Messages);
    }

    // What is refused is logged best: bodies that can't be read, values of another type, rules that are broken.
    private static async Task BeRefusedAsync(Story story)
    {
        var @case = story.Case.Id;
        string[] bodies =
        [
            $$"""{"note":"{{InMalformedBody}}""", $$"""{"{{InMalformedBody}}":1}""", $$"""{"occurredAt":"{{InMalformedBody}}"}""", $$"""{"channel":"{{InMalformedBody}}","note":"{{InMalformedBody}}"}""", $"\"{InMalformedBody}\"",
        ];
        foreach (var body in bodies)
        {
            var answer = await story.Swift.Http.CallAsync("POST", $"/v1/cases/{@case}/contact-records", body, ("Idempotency-Key", "refused"));
            Assert.True(answer.Status is 400 or 422, answer.Text);
        }

        Assert.Equal(422, (await story.Swift.Http.CallAsync("POST", $"/v1/cases/{@case}/contact-points", $$"""{"kind":"phone","value":"{{InMalformedBody}}"}""")).Status);
        Assert.Equal(404, (await story.Lantern.Http.CallAsync("POST", $"/v1/cases/{@case}/contact-points", $$"""{"kind":"phone","value":"{{FoundPhone}}","party":"related_contact","holderName":"{{Holder}}"}""")).Status);
        await story.RecallAsync(key: "recall");
        Assert.Equal(404, (await story.Swift.Http.CallAsync("POST", $"/v1/cases/{@case}/contact-points", $$"""{"kind":"phone","value":"{{FoundPhone}}"}""")).Status);
    }

    // What a tenant keeps on a disk of its own.
    private static async Task TakeAlongAsync(Story story, string folder)
    {
        story.Service.Clock.SetUtcNow(new DateTimeOffset(2026, 4, 1, 9, 0, 0, TimeSpan.Zero));
        await story.CloseAsync();
        await story.Service.SealAsync();
        var statement = (await story.Swift.Statements.ListPageAsync()).Items[0];
        foreach (var side in new[] { story.Swift, story.Harbour })
        {
            await SaveAsync(await side.AuditEntries.GetCsvAsync(), side == story.Swift ? "audit-swift.csv" : "audit-harbour.csv");
        }

        await SaveAsync(await story.Swift.Statements.GetCsvAsync(statement.Id), "statement.csv");
        await SaveAsync(await story.Swift.Statements.GetDocumentAsync(statement.Id), "statement.html");
        await File.WriteAllTextAsync(Path.Combine(folder, "events.json"), (await story.Harbour.Http.CallAsync("GET", "/v1/events?limit=1000")).Text, Stop);

        async Task SaveAsync(AgencyFile file, string name)
        {
            using (file)
            {
                await using var target = File.Create(Path.Combine(folder, name));
                await file.Content.CopyToAsync(target, Stop);
                Assert.NotEqual(0, target.Length);
            }
        }
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    /// <summary>A file of which half is sent when the caller goes away.</summary>
    private sealed class CutUpload : IAsyncDisposable
    {
        private readonly CancellationTokenSource goesAway = new();
        private readonly HalfContent content;
        private readonly Task<HttpResponseMessage> sending;

        public CutUpload(Story story, string file)
        {
            content = new HalfContent(Encoding.UTF8.GetBytes(file));
            content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
            sending = story.Harbour.Http.PostAsync(new Uri($"/v1/portfolios/{story.Portfolio.Id}/imports", UriKind.Relative), content, goesAway.Token);
            Spool = Path.Combine(story.Service.Database.Folder, "spool");
        }

        private string Spool { get; }

        public async Task HalfSentAsync()
        {
            await content.HalfSent;
            await Eventually.SeeAsync(() => Directory.Exists(Spool) && new DirectoryInfo(Spool).EnumerateFiles().Any(file => file.Length > 0));
        }

        public async ValueTask DisposeAsync()
        {
            await goesAway.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
            content.Dispose();
            goesAway.Dispose();
        }

        private sealed class HalfContent(byte[] file) : HttpContent
        {
            private readonly TaskCompletionSource sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

            public Task HalfSent => sent.Task;

            protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

            protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
            {
                await stream.WriteAsync(file.AsMemory(0, file.Length / 2), cancellationToken);
                await stream.FlushAsync(cancellationToken);
                sent.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            protected override bool TryComputeLength(out long length)
            {
                length = file.Length;
                return true;
            }
        }
    }
}
