using CsCheck;
using IotHubDsr.Sandbox.Messaging.Amqp;
using IotHubDsr.Sandbox.Messaging.ServiceBus;
using IotHubDsr.Sandbox.World;
using Microsoft.Azure.Amqp;

namespace IotHubDsr.Core.Tests.Sandbox.Messaging;

/// <summary>What the broker encodes itself, as the library of the clients decodes it; and the log that messages are kept in.</summary>
public sealed class EncodingTests
{
    private static readonly Gen<object?> s_values = Gen.OneOf(
        Gen.String.Where(IsWellFormed).Select(object? (text) => text),
        Gen.Long.Select(object? (number) => number),
        Gen.Int.Select(object? (number) => number),
        Gen.UInt.Select(object? (number) => number),
        Gen.Bool.Select(object? (flag) => flag),
        Gen.Double.Where(double.IsFinite).Select(object? (number) => number),
        Gen.Guid.Select(object? (id) => id),
        Gen.Bool.Select(object? (_) => null)
    );

    [Fact]
    public void Sections_AreReadBackByTheLibrary() =>
        Gen.Dictionary(Gen.String[1, 300].Where(IsWellFormed), s_values)[0, 12]
            .Select(Gen.Byte.Array[0, 700])
            .Sample(
                (properties, body) =>
                {
                    var writer = new SectionWriter();
                    writer.BeginMap(SectionWriter.MessageAnnotations);
                    writer.Symbol("x-opt-sequence-number");
                    writer.Value(7L);
                    writer.End();
                    writer.BeginMap(SectionWriter.ApplicationProperties);
                    foreach ((string name, object? value) in properties)
                    {
                        writer.Value(name);
                        writer.Value(value);
                    }

                    writer.End();
                    writer.AddData(body);

                    using var decoded = AmqpMessage.CreateAmqpStreamMessage(
                        new BufferListStream([new ArraySegment<byte>(writer.ToArray())]),
                        payloadInitialized: true
                    );
                    Assert.Equal(7L, decoded.MessageAnnotations.Map["x-opt-sequence-number"]);
                    Assert.Equal(body, EncodedMessage.Bytes(Assert.Single(decoded.DataBody).Value));
                    if (properties.Count > 0)
                    {
                        Assert.Equal(
                            properties.OrderBy(pair => pair.Key, StringComparer.Ordinal),
                            decoded
                                .ApplicationProperties.Map.Select(pair => KeyValuePair.Create(pair.Key.ToString()!, (object?)pair.Value))
                                .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                        );
                    }
                },
                iter: 200
            );

    [Fact]
    public void Properties_ThatAreChanged_LeaveTheRestByteForByte() =>
        Gen
            .Byte.Array[0, 400]
            .Sample(
                body =>
                {
                    var message = new RoutedMessage(default, "dev1", "1", body) { IsJson = true, MessageId = "m" };
                    byte[] sent = new RoutedMessageEncoder().ForServiceBus(message);
                    var changed = new BusMessage(EncodedMessage.Read(sent));
                    changed.SetProperties([new("DeadLetterReason", "why")]);
                    var again = EncodedMessage.Read(changed.Tail.ToArray());

                    Assert.Equal("why", again.ApplicationProperties["DeadLetterReason"]);
                    Assert.Equal("dev1", again.ApplicationProperties["iothub-connection-device-id"]);
                    Assert.Equal(("m", "application/json"), (again.MessageId, again.ContentType));
                    Assert.True(changed.Tail.Span.EndsWith(body));
                },
                iter: 100
            );

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Log_FindsAndShowsWhatWasNotRemoved(int partitions) =>
        Gen.Int[0, 9]
            .Array[0, 4000]
            .Sample(
                steps =>
                {
                    var log = new MessageLog(partitions);
                    var model = new SortedDictionary<long, BusMessage>();
                    var random = new Random(steps.Length);
                    var sent = EncodedMessage.Read(new RoutedMessageEncoder().Json(null, "{}", []));
                    foreach (int step in steps)
                    {
                        if (step < 6 || model.Count == 0)
                        {
                            var message = new BusMessage(sent);
                            log.Add(message, random.Next(partitions));
                            model.Add(message.Sequence, message);
                            continue;
                        }

                        BusMessage removed = model.ElementAt(random.Next(Math.Min(model.Count, 20))).Value;
                        log.Remove(removed);
                        log.Remove(removed);
                        model.Remove(removed.Sequence);
                        Assert.Null(log.Find(removed.Sequence));
                    }

                    var seen = new List<BusMessage>();
                    while (log.From(seen.Count == 0 ? 0 : seen[^1].Sequence + 1).ToList() is { Count: > 0 } page)
                        seen.AddRange(page);

                    Assert.Equal(model.Values, seen);
                    Assert.Equal(model.Count, log.Count);
                    Assert.All(model, pair => Assert.Same(pair.Value, log.Find(pair.Key)));
                },
                iter: 20
            );

    [Theory]
    [InlineData(new byte[] { 0, 0x53, 0x72, 0x99 })]
    [InlineData(new byte[] { 0, 0x53, 0x75, 0xa0, 200, 1 })]
    public void Message_ThatIsNotWellEncoded_IsRefusedAsSuch(byte[] bytes) =>
        Assert.ThrowsAny<AmqpException>(() => EncodedMessage.Read(bytes));

    private static bool IsWellFormed(string text) => !text.Any(char.IsSurrogate);
}
