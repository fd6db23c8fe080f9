//! Connections to one server: one for reads, one for reads of many articles, and some on which writes are batched. A batch
//! ends with one `WAIT`, which covers only the writes of its own connection.

use std::{
    sync::{
        Arc, Mutex as StdMutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use metrics::StoreMetrics;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, IntoConnectionInfo, Pipeline, ProtocolVersion,
    RedisConnectionInfo, RedisResult, Value,
    aio::{ConnectionLike, MultiplexedConnection},
};
use store::low_priority;
use tokio::sync::{Mutex, mpsc, oneshot};

use super::{
    command::Command,
    url::{Address, RedisUrl},
};

/// Number of write connections: while one waits for replicas, the next sends.
const WRITE_LANES: usize = 2;

/// Maximum number of queued jobs per write connection.
const MAX_LANE_JOBS: usize = 4096;

/// Approximate maximum number of commands per batch.
const MAX_BATCH_COMMANDS: usize = 512;

/// Connect timeout.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(500);

const READ_TIMEOUT: Duration = Duration::from_secs(2);

/// Where readers keep all processors busy, a thread of low priority gets a small part of one.
const BULK_READ_TIMEOUT: Duration = Duration::from_secs(5);

/// Timeout of `WAIT` for replicas, and of the whole batch, which includes the server's own disk.
const WAIT_TIMEOUT: Duration = Duration::from_secs(1);
const WRITE_TIMEOUT: Duration = Duration::from_secs(4);

/// Commands of one slot that are sent together.
pub(super) struct Job {
    pub(super) commands: Vec<Command>,
    /// Whether scripts are sent as source.
    pub(super) with_source: bool,
    /// Whether to prefix each command with ASKING, for a slot that is being migrated to this server.
    pub(super) is_asking: bool,
}

/// The replies to a job's commands.
pub(super) type Replies = Result<Vec<Value>, NodeError>;

/// Why there is no reply.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum NodeError {
    #[error("{0}")]
    Connection(String),
    #[error("{has} replicas have it, and not the {needs} of `replicas_acknowledged`")]
    Replicas { has: i64, needs: u32 },
    #[error("the queue of one server is full")]
    Full,
}

type QueuedJob = (Job, oneshot::Sender<Replies>);

/// When a server acknowledged a write the last time.
#[derive(Clone, Default)]
struct LastWrite(Arc<StdMutex<Option<Instant>>>);

impl LastWrite {
    fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn is_after(&self, time: Instant) -> bool {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|last| last > time)
    }
}

/// A connection for reads, which is opened on demand.
struct ReadConnection {
    open: Mutex<Option<MultiplexedConnection>>,
    timeout: Duration,
}

impl ReadConnection {
    fn new(timeout: Duration) -> Self {
        Self {
            open: Mutex::default(),
            timeout,
        }
    }

    async fn read(&self, client: &Client, job: &Job) -> Replies {
        let mut open = self.open.lock().await;
        let mut connection = match open.as_ref() {
            Some(connection) => connection.clone(),
            None => {
                let new = connect(client, self.timeout).await.map_err(failed)?;
                open.insert(new).clone()
            }
        };
        drop(open);
        let mut pipeline = Pipeline::new();
        let count = add(&mut pipeline, job);
        match connection.req_packed_commands(&pipeline, 0, count).await {
            Ok(replies) => Ok(without_asking(job, replies)),
            Err(error) => {
                *self.open.lock().await = None;
                Err(failed(error))
            }
        }
    }
}

/// The connections to one server.
pub(super) struct Node {
    client: Client,
    reads: ReadConnection,
    bulk_reads: ReadConnection,
    lanes: [mpsc::Sender<QueuedJob>; WRITE_LANES],
    next_lane: AtomicUsize,
    last_write: LastWrite,
}

impl Node {
    /// Connections are opened on demand. Must be called within a Tokio runtime.
    pub(super) fn new(
        url: &RedisUrl,
        address: &Address,
        metrics: &StoreMetrics,
    ) -> RedisResult<Self> {
        let client = client(url, address)?;
        let last_write = LastWrite::default();
        let lanes = std::array::from_fn(|_| {
            let (jobs, queue) = mpsc::channel(MAX_LANE_JOBS);
            let lane = WriteLane {
                client: client.clone(),
                connection: None,
                replicas: url.replicas,
                metrics: metrics.clone(),
                last_write: last_write.clone(),
            };
            tokio::spawn(lane.run(queue));
            jobs
        });
        Ok(Self {
            client,
            reads: ReadConnection::new(READ_TIMEOUT),
            bulk_reads: ReadConnection::new(BULK_READ_TIMEOUT),
            lanes,
            next_lane: AtomicUsize::default(),
            last_write,
        })
    }

    /// Sends read commands.
    pub(super) async fn read(&self, job: &Job) -> Replies {
        self.reads.read(&self.client, job).await
    }

    /// Sends read commands with many replies, on a connection that a thread of low priority drives: readers' commands wait
    /// neither behind the replies nor while they are parsed.
    pub(super) async fn read_bulk(self: Arc<Self>, job: Job) -> Replies {
        let read = async move { self.bulk_reads.read(&self.client, &job).await };
        let replies = low_priority::task(read).await;
        replies.map_err(|error| NodeError::Connection(error.to_string()))?
    }

    /// Sends write commands; returns when the required number of replicas has acknowledged them.
    pub(super) async fn write(&self, job: Job) -> Replies {
        let lane = &self.lanes[self.next_lane.fetch_add(1, Ordering::Relaxed) % WRITE_LANES];
        let (reply, replied) = oneshot::channel();
        lane.try_send((job, reply)).map_err(|_| NodeError::Full)?;
        replied.await.unwrap_or_else(|_| {
            Err(NodeError::Connection(
                "the connection's task has ended".into(),
            ))
        })
    }

    /// Whether a write was acknowledged after that time.
    pub(super) fn has_written_since(&self, time: Instant) -> bool {
        self.last_write.is_after(time)
    }

    /// Number of queued jobs.
    pub(super) fn queued(&self) -> usize {
        self.lanes
            .iter()
            .map(|lane| lane.max_capacity() - lane.capacity())
            .sum()
    }
}

/// A write connection and its queue.
struct WriteLane {
    client: Client,
    connection: Option<MultiplexedConnection>,
    replicas: u32,
    metrics: StoreMetrics,
    last_write: LastWrite,
}

impl WriteLane {
    /// Runs until every sender is dropped.
    async fn run(mut self, mut queue: mpsc::Receiver<QueuedJob>) {
        while let Some(first) = queue.recv().await {
            let mut commands = first.0.commands.len();
            let mut batch = vec![first];
            while commands < MAX_BATCH_COMMANDS
                && let Ok(next) = queue.try_recv()
            {
                commands += next.0.commands.len();
                batch.push(next);
            }
            let begun = Instant::now();
            match self.exchange(&batch).await {
                Ok(replies) => {
                    self.metrics.committed(batch.len(), begun.elapsed());
                    if replies.iter().any(is_done) {
                        self.last_write.note();
                    }
                    // Ignore send errors: the caller may be cancelled, but the write is durable.
                    batch
                        .into_iter()
                        .zip(replies)
                        .for_each(|((_, reply), replies)| drop(reply.send(replies)));
                }
                Err(error) => {
                    self.connection = None;
                    let failed = failed(error);
                    batch
                        .into_iter()
                        .for_each(|(_, reply)| drop(reply.send(Err(failed.clone()))));
                }
            }
        }
    }

    async fn exchange(&mut self, batch: &[QueuedJob]) -> RedisResult<Vec<Replies>> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(connect(&self.client, WRITE_TIMEOUT).await?),
        };
        let mut pipeline = Pipeline::new();
        let mut counts: Vec<usize> = batch
            .iter()
            .map(|(job, _)| add(&mut pipeline, job))
            .collect();
        if self.replicas > 0 {
            pipeline
                .cmd("WAIT")
                .arg(self.replicas)
                .arg(WAIT_TIMEOUT.as_millis() as u64);
            counts.push(1);
        }
        let mut replies = connection
            .req_packed_commands(&pipeline, 0, counts.iter().sum())
            .await?;
        let has = if self.replicas > 0 {
            replies
                .pop()
                .as_ref()
                .and_then(super::reply::number)
                .unwrap_or(0)
        } else {
            0
        };
        let mut replies = replies.into_iter();
        let replies_by_job = batch.iter().zip(counts).map(|((job, _), count)| {
            let replies: Vec<_> = replies.by_ref().take(count).collect();
            // If only some commands were refused, the others must be on replicas.
            let is_refused = replies
                .iter()
                .all(|reply| matches!(reply, Value::ServerError(_)));
            if has < i64::from(self.replicas) && !is_refused {
                return Err(NodeError::Replicas {
                    has,
                    needs: self.replicas,
                });
            }
            Ok(without_asking(job, replies))
        });
        Ok(replies_by_job.collect())
    }
}

/// Whether the server did all that a job asked for.
fn is_done(replies: &Replies) -> bool {
    let is_refused = |reply: &Value| matches!(reply, Value::ServerError(_));
    replies
        .as_ref()
        .is_ok_and(|replies| !replies.iter().any(is_refused))
}

/// Appends a job's commands; returns how many replies they have.
fn add(pipeline: &mut Pipeline, job: &Job) -> usize {
    for command in &job.commands {
        if job.is_asking {
            pipeline.cmd("ASKING");
        }
        pipeline.add_command(command.packed(job.with_source));
    }
    job.commands.len() * (1 + usize::from(job.is_asking))
}

fn without_asking(job: &Job, replies: Vec<Value>) -> Vec<Value> {
    if job.is_asking {
        replies.into_iter().skip(1).step_by(2).collect()
    } else {
        replies
    }
}

async fn connect(client: &Client, timeout: Duration) -> RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT_TIMEOUT))
        .set_response_timeout(Some(timeout));
    client
        .get_multiplexed_async_connection_with_config(&config)
        .await
}

fn client(url: &RedisUrl, (host, port): &Address) -> RedisResult<Client> {
    let mut settings = RedisConnectionInfo::default()
        .set_db(url.number)
        .set_protocol(ProtocolVersion::RESP2)
        .set_skip_set_lib_name();
    if let Some(user) = &url.user {
        settings = settings.set_username(user);
    }
    if let Some(password) = &url.password {
        settings = settings.set_password(password);
    }
    let address = ConnectionAddr::Tcp(host.clone(), *port);
    Client::open(address.into_connection_info()?.set_redis_settings(settings))
}

fn failed(error: redis::RedisError) -> NodeError {
    NodeError::Connection(error.to_string())
}
