using System.Text.Json;
using DurableTask.Core;
using DurableTask.Core.Exceptions;

namespace IotHubDsr.Core.Distribution.Durable;

/// <summary>Has the units of a batch done, all at once. Inputs and results are texts, and are read by our own reader.</summary>
internal sealed class UnitOrchestration : TaskOrchestration
{
    public const string Name = "IotHubDsr.Units";

    /// <summary>The history grows with each turn; the command hands over again what is left.</summary>
    private const int MostTurns = 20;

    /// <summary>The pauses double up to this: the lease of a killed worker ends within a few of them.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    public override async Task<string> Execute(OrchestrationContext context, string input)
    {
        var batch = UnitBatch.Parse(JsonSerializer.Deserialize<string>(input)!);
        await Task.WhenAll(batch.Units.Select(unit => DoAsync(context, batch.TicketOf(unit).ToText())));
        return JsonSerializer.Serialize(nameof(UnitAnswer.Over));
    }

    public override void RaiseEvent(OrchestrationContext context, string name, string input) { }

    public override string? GetStatus() => null;

    private static async Task DoAsync(OrchestrationContext context, string ticket)
    {
        for (int turn = 0; turn < MostTurns; turn++)
        {
            try
            {
                if (await context.ScheduleTask<string>(UnitActivity.Name, string.Empty, ticket) == nameof(UnitAnswer.Over))
                    return;
            }
            catch (TaskFailedException)
            {
                // A worker of another version, or one that is ending.
            }

            var pause = TimeSpan.FromSeconds(1L << Math.Min(turn, 3));
            await context.CreateTimer(context.CurrentUtcDateTime + (pause < LongestPause ? pause : LongestPause), string.Empty);
        }
    }
}

/// <summary>Does one unit.</summary>
internal sealed class UnitActivity(Func<UnitTicket, Task<UnitAnswer>> work) : TaskActivity
{
    public const string Name = "IotHubDsr.Unit";

    public override string Run(TaskContext context, string input) => throw new NotSupportedException();

    /// <summary>The text of an exception would stand in the history: there is none that names anything.</summary>
    public override async Task<string> RunAsync(TaskContext context, string input)
    {
        UnitTicket ticket;
        try
        {
            ticket = UnitTicket.Parse(JsonSerializer.Deserialize<string[]>(input)![0]);
        }
        catch (Exception exception) when (exception is JsonException or IndexOutOfRangeException)
        {
            return JsonSerializer.Serialize(nameof(UnitAnswer.Over));
        }

        try
        {
            return JsonSerializer.Serialize((await work(ticket)).ToString());
        }
        catch (Exception)
        {
            return JsonSerializer.Serialize(nameof(UnitAnswer.Again));
        }
    }
}
