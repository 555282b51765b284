import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  Menu,
  MenuButton,
  MenuDivider,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  ProgressBar,
} from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import type { DeskClock, DeskMove, DeskPerson, DeskPlace } from '../contract.ts';
import { ClockIcon } from './icons.tsx';
import { dayAndTime, instantOf, timeOnly, wallClock } from './times.ts';

/** Product time in the places of both sides, and the ways to move it. */
export function Clock(props: { clock: DeskClock; places: readonly DeskPlace[]; person: DeskPerson; onMove: (move: DeskMove) => void }) {
  const { clock, places, person, onMove } = props;
  const now = useTicking(clock);
  const [asking, setAsking] = useState(false);
  const [wall, setWall] = useState('');
  const [first, ...others] = places;
  const { moving } = clock;
  const move = (step: 'hour' | 'day' | 'morning' | 'next') => onMove({ step, as: person.key });
  const target = wall ? instantOf(wall, person.zone) : undefined;
  return (
    <div className="clock">
      <ClockIcon />
      <p className="clock-times">
        {first && (
          <span className="clock-first">
            {dayAndTime(now, first.zone)} <span className="clock-place">in {first.place}</span>
          </span>
        )}
        {others.map(({ place, zone }) => (
          <span key={place}>
            {dayAndTime(now, zone).slice(0, 3)} {timeOnly(now, zone)} <span className="clock-place">in {place}</span>
          </span>
        ))}
      </p>
      <Menu>
        <MenuTrigger disableButtonEnhancement>
          <MenuButton appearance="primary" size="small" disabled={moving !== null || clock.service !== 'up'}>
            Move the clock
          </MenuButton>
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            <MenuItem onClick={() => move('next')} subText="a mail comes in, or a time is reached">
              To the next thing that happens
            </MenuItem>
            <MenuDivider />
            <MenuItem onClick={() => move('hour')}>+1 hour</MenuItem>
            <MenuItem onClick={() => move('morning')} secondaryContent="09:00">
              Next working morning
            </MenuItem>
            <MenuItem onClick={() => move('day')}>+1 day</MenuItem>
            <MenuDivider />
            <MenuItem
              onClick={() => {
                setWall(wallClock(new Date(now.getTime() + 86_400_000), person.zone));
                setAsking(true);
              }}
            >
              To a day and time
            </MenuItem>
          </MenuList>
        </MenuPopover>
      </Menu>
      <Dialog open={asking} onOpenChange={(_event, { open }) => setAsking(open)}>
        <DialogSurface className="clock-dialog">
          <form
            onSubmit={(event) => {
              event.preventDefault();
              setAsking(false);
              if (target) onMove({ to: `${target.toISOString().slice(0, 19)}Z`, as: person.key });
            }}
          >
            <DialogBody>
              <DialogTitle>Move the clock</DialogTitle>
              <DialogContent>
                <Field label={`To (time of ${person.name.split(' ')[0]})`} hint="Time only moves forward.">
                  <Input
                    type="datetime-local"
                    value={wall}
                    min={wallClock(now, person.zone)}
                    onChange={(_event, { value }) => setWall(value)}
                  />
                </Field>
              </DialogContent>
              <DialogActions>
                <Button type="submit" appearance="primary" disabled={!target || target <= now}>
                  Move
                </Button>
                <Button onClick={() => setAsking(false)}>Close</Button>
              </DialogActions>
            </DialogBody>
          </form>
        </DialogSurface>
      </Dialog>
      {moving && first && clock.service !== 'telling' && (
        <div className="moving" role="status">
          <ProgressBar thickness="medium" value={share(moving)} />
          <span>
            {dayAndTime(moving.at, first.zone)} on the way to {dayAndTime(moving.to, first.zone)}
          </span>
        </div>
      )}
    </div>
  );
}

/** The last told time, and what went by since it was told. */
function useTicking(clock: DeskClock): Date {
  const [told, setTold] = useState({ at: performance.now(), now: clock.now });
  const [, setTick] = useState(0);
  if (told.now !== clock.now) setTold({ at: performance.now(), now: clock.now });
  useEffect(() => {
    const timer = setInterval(() => setTick((count) => count + 1), 10_000);
    return () => clearInterval(timer);
  }, []);
  return new Date(new Date(told.now).getTime() + (performance.now() - told.at));
}

/** How much of the way the clock has gone, from 0 to 1. */
export const share = ({ from, to, at }: { from: string; to: string; at: string }) => {
  const [start, end, here] = [from, to, at].map((instant) => new Date(instant).getTime()) as [number, number, number];
  return (here - start) / Math.max(1, end - start);
};
