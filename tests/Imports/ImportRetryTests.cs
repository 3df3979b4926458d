using System.Security.Cryptography;
using System.Text;
using Agency.Api.Imports;

namespace Agency.Tests.Imports;

public sealed class ImportRetryTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_import_whose_file_is_elsewhere_is_left_alone_while_it_is_young_or_moves()
    {
        using var rig = await ImportRig.CreateAsync();
        var id = await rig.AcceptAsync(Encoding.UTF8.GetBytes(Files.Csv([.. Enumerable.Range(1, 1500).Select(n => Files.Row(n))])));
        var path = rig.SpooledFiles().Single();
        var elsewhere = await File.ReadAllBytesAsync(path, Token);
        rig.Spool.Delete(id);
        using var worker = rig.NewWorker();
        await worker.SweepAsync(Token);
        rig.Clock.Advance(Hour - TimeSpan.FromSeconds(1));
        await worker.SweepAsync(Token);
        Assert.Equal("queued", (await rig.ReadAsync(id)).State);

        // The other instance, with the file on its own disk, reads the first batch.
        await File.WriteAllBytesAsync(path, elsewhere, Token);
        using (var kill = CancellationTokenSource.CreateLinkedTokenSource(Token))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.NewLoader().RunAsync(ImportRig.Harbour, id, kill.Token, _ => kill.Cancel()));
        }

        rig.Spool.Delete(id);
        rig.Clock.Advance(Hour);
        await worker.SweepAsync(Token);
        Assert.Equal("running", (await rig.ReadAsync(id)).State);

        // The control: an hour in which nobody got on with it.
        rig.Clock.Advance(Hour);
        await worker.SweepAsync(Token);
        Assert.Equal(("failed", ImportFailure.FileMissing), ((await rig.ReadAsync(id)).State, (await rig.ReadAsync(id)).FailureCode));
    }

    [Fact]
    public async Task An_import_that_another_loader_got_on_with_is_not_failed()
    {
        using var rig = await ImportRig.CreateAsync();
        var id = await rig.AcceptAsync(Encoding.UTF8.GetBytes(Files.Csv(Files.Row(1))));
        var batches = rig.NewBatches();
        var job = new ImportJob(ImportRig.Harbour, id, rig.Portfolio, "TWD", ImportRig.AsOf);
        Assert.False(await batches.FailAsync(job, 7, ImportFailure.FileMissing, [], Token));
        Assert.Equal("queued", (await rig.ReadAsync(id)).State);
        Assert.True(await batches.FailAsync(job, 0, ImportFailure.FileMissing, [], Token));
        Assert.Equal("failed", (await rig.ReadAsync(id)).State);
    }

    [Fact]
    public async Task A_disk_that_fails_for_days_costs_no_file_and_is_asked_ever_more_rarely()
    {
        using var rig = await ImportRig.CreateAsync();
        var id = await rig.AcceptAsync(Encoding.UTF8.GetBytes(Files.Csv(Files.Row(1))));
        var path = rig.SpooledFiles().Single();
        using var worker = rig.NewWorker();
        var waits = new List<double>();
        await using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            for (var sweep = 0; sweep < 12; sweep++)
            {
                var wait = await worker.SweepAsync(Token);
                waits.Add(wait.TotalSeconds);
                Assert.Equal(wait, await worker.SweepAsync(Token));
                rig.Clock.Advance(wait);
            }
        }

        Assert.Equal([2d, 4d, 8d, 16d, 32d, 64d, 128d, 256d, 300d, 300d, 300d, 300d], waits);
        Assert.Equal(("queued", 1), ((await rig.ReadAsync(id)).State, rig.SpooledFiles().Count()));
        await worker.SweepAsync(Token);
        Assert.Equal("completed", (await rig.ReadAsync(id)).State);
    }

    [Fact]
    public async Task A_file_that_every_try_fails_on_is_given_up_and_stays_for_a_day()
    {
        using var rig = await ImportRig.CreateAsync();
        var id = await rig.AcceptAsync(Encoding.UTF8.GetBytes(Files.Csv(Files.Row(1))));
        var path = rig.SpooledFiles().Single();
        var bytes = await File.ReadAllBytesAsync(path, Token);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, Token);
        using var worker = rig.NewWorker();
        for (var tries = 0; tries < 3; tries++)
        {
            Assert.Equal("queued", (await rig.ReadAsync(id)).State);
            rig.Clock.Advance(await worker.SweepAsync(Token));
        }

        Assert.Equal(("failed", ImportFailure.Internal), ((await rig.ReadAsync(id)).State, (await rig.ReadAsync(id)).FailureCode));
        Assert.Single(rig.SpooledFiles());
        rig.Clock.Advance(TimeSpan.FromDays(1) - Hour - TimeSpan.FromMinutes(1));
        await worker.SweepAsync(Token);
        Assert.Single(rig.SpooledFiles());
        rig.Clock.Advance(Hour);
        await worker.SweepAsync(Token);
        Assert.Empty(rig.SpooledFiles());
    }

    [Fact]
    public void What_may_pass_never_ends_an_import_and_what_lasts_does()
    {
        using var rig = new ImportRig();
        var retries = new ImportRetries(rig.Clock);
        var (passing, lasting) = (rig.Ids.New(), rig.Ids.New());
        for (var tries = 0; tries < 50; tries++)
        {
            retries.Failed(passing, new DatabaseDownException());
            retries.Failed(passing, new IOException());
            Assert.False(retries.IsLastTry(passing));
        }

        retries.Failed(lasting, new InvalidDataException());
        Assert.False(retries.IsLastTry(lasting));
        retries.Failed(lasting, new CryptographicException());
        Assert.True(retries.IsLastTry(lasting));
    }

    private sealed class DatabaseDownException : System.Data.Common.DbException;
}
