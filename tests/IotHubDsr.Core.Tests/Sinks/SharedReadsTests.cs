using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Tests.Sinks;

/// <summary>What two sinks read of one thing within one look.</summary>
public sealed class SharedReadsTests
{
    private readonly SharedReads _shared = new();
    private int _reads;

    [Fact]
    public async Task Read_ByTwo_IsMadeOnceAndNotKeptForAThird()
    {
        string? first = await _shared.ReadAsync("a", NextAsync);
        string? second = await _shared.ReadAsync("a", NextAsync);
        string? third = await _shared.ReadAsync("a", NextAsync);
        string? other = await _shared.ReadAsync("b", NextAsync);

        Assert.Equal("1 1 2 3", $"{first} {second} {third} {other}");
    }

    [Fact]
    public async Task Read_ThatFindsNothing_IsSharedAsWell()
    {
        Assert.Null(await _shared.ReadAsync<string>("a", () => Task.FromResult<string?>(null)));
        Assert.Null(await _shared.ReadAsync("a", NextAsync));
        Assert.Equal(0, _reads);
    }

    [Fact]
    public async Task Read_ThatFails_FailsForBoth()
    {
        await Assert.ThrowsAsync<IOException>(() => _shared.ReadAsync<string>("a", () => throw new IOException()));
        await Assert.ThrowsAsync<IOException>(() => _shared.ReadAsync("a", NextAsync));
    }

    [Fact]
    public async Task Read_WhoseWorkIsEnded_IsMadeByTheOtherItself()
    {
        var under = new TaskCompletionSource<string?>();
        Task<string?> first = _shared.ReadAsync("a", () => under.Task);
        Task<string?> second = _shared.ReadAsync("a", NextAsync);
        under.SetCanceled();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal("1", await second);
    }

    private async Task<string?> NextAsync()
    {
        await Task.Yield();
        return $"{++_reads}";
    }
}
