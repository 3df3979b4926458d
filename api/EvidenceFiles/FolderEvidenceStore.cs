using System.Runtime.CompilerServices;
using Agency.Api.Data;

namespace Agency.Api.EvidenceFiles;

/// <summary>Evidence in the data folder, a file each. One is written under another name and then moved, so that none is ever half there.</summary>
internal sealed class FolderEvidenceStore(DataFolder folder, StoreLimits limits) : IEvidenceStore
{
    private const string Draft = ".part";

    public Task PutAsync(EvidenceName name, ReadOnlyMemory<byte> sealed_, CancellationToken cancellation) =>
        limits.RunAsync("kept", limit => WriteAsync(PathOf(name), sealed_, limit), cancellation);

    public Task<byte[]?> FindAsync(EvidenceName name, CancellationToken cancellation) => limits.RunAsync("read", limit => ReadAsync(PathOf(name), limit), cancellation);

    public Task DeleteAsync(EvidenceName name, CancellationToken cancellation) => limits.RunAsync("removed", _ => Delete(PathOf(name)), cancellation);

    public async IAsyncEnumerable<EvidenceName> KeptBeforeAsync(Id bank, DateTimeOffset instant, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var files = await limits.RunAsync("listed", _ => Task.FromResult(new DirectoryInfo(PathOf(bank)) is { Exists: true } kept ? kept.GetFiles() : []), cancellation);
        foreach (var file in files.Where(file => file.LastWriteTimeUtc < instant.UtcDateTime))
        {
            if (EvidenceName.TryRead(bank, file.Name.EndsWith(Draft, StringComparison.Ordinal) ? file.Name[..^Draft.Length] : file.Name, out var name))
            {
                yield return name;
            }
        }
    }

    private static async Task WriteAsync(string path, ReadOnlyMemory<byte> sealed_, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = SecretFile.Options(FileMode.Create, FileAccess.Write);
        (options.Options, options.BufferSize) = (FileOptions.Asynchronous, 0);
        try
        {
            await using (var file = new FileStream(path + Draft, options))
            {
                await file.WriteAsync(sealed_, cancellation);
                RandomAccess.FlushToDisk(file.SafeFileHandle);
            }

            File.Move(path + Draft, path);
        }
        catch
        {
            File.Delete(path + Draft);
            throw;
        }
    }

    // Asked for and not looked for first: what may not be read is not what is not there.
    private static async Task<byte[]?> ReadAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancellation);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static Task Delete(string path)
    {
        if (Directory.Exists(Path.GetDirectoryName(path)))
        {
            File.Delete(path);
            File.Delete(path + Draft);
        }

        return Task.CompletedTask;
    }

    private string PathOf(EvidenceName name) => folder.File(["evidence", .. name.ToString().Split('/')]);

    private string PathOf(Id bank) => folder.File("evidence", EvidenceName.FolderOf(bank));
}
