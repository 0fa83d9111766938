using IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

namespace IotHubDsr.Core.Tests.Sinks.LogAnalyticsWorkspaces;

/// <summary>Traces of rows can be as many as rows.</summary>
public sealed class RowTracesTests
{
    [Fact]
    public void Traces_AreGivenOnce_WithAllTheirSubjects_BatchByBatch_AndAreNotKept()
    {
        const int traces = 30_000;
        using var book = new RowTraces(1_000);
        for (int number = 0; number < traces; number++)
        {
            book.Add(number % 2, $"{number:x32}", [number % 10]);
            if (number % 3 == 0)
                book.Add(number % 2, $"{number:x32}", [999, number % 10]);
        }

        List<(int Batch, string Trace)> given = [];
        foreach (TraceChunk chunk in book.InChunks(1_000))
        {
            Assert.InRange(chunk.Subjects.Count, 1, 1_000);
            foreach (string trace in chunk.Traces)
            {
                int number = Convert.ToInt32(trace, 16);
                Assert.Equal(number % 2, chunk.Batch);
                Assert.Equal(number % 3 == 0 ? [number % 10, 999] : [number % 10], chunk.SubjectsOf(trace));
                given.Add((chunk.Batch, trace));
            }
        }

        Assert.Equal(traces, given.Distinct().Count());
        Assert.Equal(traces, given.Count);
        Assert.Equal(given.OrderBy(one => one.Batch).Select(one => one.Batch), given.Select(one => one.Batch));
    }

    [Fact]
    public void NoTraces_AreNoChunk()
    {
        using var book = new RowTraces(1);

        Assert.Empty(book.InChunks(10));
    }
}
